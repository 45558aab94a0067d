"""The tables. Times are whole microseconds since 1970 (UTC), so that every engine orders them alike."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData()

_ROW = BigInteger().with_variant(Integer(), "sqlite")

pings = Table(
    "pings",
    metadata,
    Column("id", String(26), primary_key=True),  # sorts by time of receipt
    Column("site", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("source_url", Text, nullable=False),
    Column("target_url", Text, nullable=False),
    Column("source_host", String(255), nullable=False),
    Column("source_domain", String(255), nullable=False),
    Column("title", Text, nullable=False, default=""),
    Column("excerpt", Text, nullable=False, default=""),
    Column("blog_name", Text, nullable=False, default=""),
    Column("remote_ip", String(64), nullable=False),
    Column("user_agent", Text, nullable=False, default=""),
    Column("endpoint", Text, nullable=False),  # the path at the upstream that an approved ping is posted to
    Column("received_at", BigInteger, nullable=False),
    Column("decided_at", BigInteger),
    Column("decided_by", String(64)),  # "pingwarden" or a person
    Column("spam_probability", Double),
    Column("points", Double),
    Column("fault", Integer),
    Column("findings", JSON, nullable=False, default=list),
    Column("evidence", JSON),
    Column("label", String(8)),
    Column("answer", Text, nullable=False, default=""),
    Column("checks", Integer, nullable=False, default=0),
    Column("next_check_at", BigInteger),
    # The same source and target share a `same_key`; while such a ping counts as seen before, `seen_key` equals
    # it and is unique, so that no two nodes can take the same linkback at once.
    Column("same_key", String(64), nullable=False),
    Column("seen_key", String(64), unique=True),
    Column("deliver_at", BigInteger),
    Column("attempts", Integer, nullable=False, default=0),
    Column("approved_at", BigInteger),
    Column("lease_owner", String(64)),
    Column("lease_until", BigInteger),
    # True from before an attempt until its outcome is known: WordPress may have stored it.
    Column("outcome_unknown", Boolean, nullable=False, default=False),
    Index("pings_by_state", "state", "id"),
    Index("pings_by_site_state", "site", "state", "id", "kind"),  # the kind, so that counting needs no row
    Index("pings_by_same_key", "same_key", "id"),
    Index("pings_by_source_host", "site", "source_host", "id"),
    Index("pings_by_source_domain", "source_domain", "id"),
    Index("pings_by_remote_ip", "remote_ip", "id"),
    Index("pings_by_next_check", "next_check_at"),
    Index("pings_by_delivery", "site", "deliver_at"),
    Index("pings_by_kind", "kind", "id"),
    Index("pings_by_kind_state", "kind", "state", "id"),
    Index("pings_by_site", "site", "id"),
    Index("pings_by_label", "label", "id"),
)

events = Table(
    "events",
    metadata,
    Column("id", _ROW, primary_key=True, autoincrement=True),
    Column("ping_id", String(26), ForeignKey("pings.id", ondelete="CASCADE"), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("what", String(64), nullable=False),
    Column("by", String(64), nullable=False),
    Column("detail", Text, nullable=False, default=""),
    Index("events_by_ping", "ping_id", "id"),
)

# Which rules spoke of which ping, so that a list can be filtered by rule.
ping_rules = Table(
    "ping_rules",
    metadata,
    Column("rule", String(80), primary_key=True),
    Column("ping_id", String(26), ForeignKey("pings.id", ondelete="CASCADE"), primary_key=True),
    Index("ping_rules_by_ping", "ping_id"),
)

rules = Table(
    "rules",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("enabled", Boolean, nullable=False, default=True),
    Column("site", String(64)),
    Column("when", JSON, nullable=False),
    Column("action", String(16), nullable=False),
    Column("points", Double, nullable=False, default=0.0),
    Column("expires_at", BigInteger),
    Column("note", Text, nullable=False, default=""),
    Column("hits", Integer, nullable=False, default=0),
    Column("last_hit_at", BigInteger),
)

# One row a site: when the next delivery may start, over all nodes.
paces = Table(
    "paces",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("next_at", BigInteger, nullable=False),
)

# Who may sign in to the admin pages. The name also stands in events and verdicts as who decided.
people = Table(
    "people",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("password_hash", String(255), nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("sites", JSON(none_as_null=True)),  # the names of those that they look after, none: all
    Column("feed_key", String(64)),  # a hash; who looks after all has the feed of the settings
)

# Only a hash of what the cookie holds is kept: reading the database opens no session.
sessions = Table(
    "sessions",
    metadata,
    Column("key_hash", String(64), primary_key=True),
    Column("person", String(64), ForeignKey("people.name", ondelete="CASCADE"), nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("used_at", BigInteger, nullable=False),
    Index("sessions_by_person", "person"),
)

# What was set on the admin pages about a site's pings to itself; it wins over the configuration file.
policies = Table(
    "policies",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("self_pings", String(20), nullable=False),
    Column("hosts", JSON, nullable=False),
    Column("by", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
)

# Small things that are remembered by name: the one-time link, the feed's key, when the last digest went out.
settings = Table(
    "settings",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)

# What a person's action replaced, so that it can be taken back for a day.
undos = Table(
    "undos",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("by", String(64), nullable=False),
    Column("what", String(32), nullable=False),
    Column("before", JSON, nullable=False),
    Column("undone", Boolean, nullable=False, default=False),
)

# What persons said outside: in WordPress's moderation and in imported files. A label of None was taken back. Where
# `ping_id` names a ping that is there, the ping bears the word itself if a person is known to have said it.
labels = Table(
    "labels",
    metadata,
    Column("key", String(128), primary_key=True),
    Column("site", String(64)),
    Column("label", String(8)),
    Column("weight", Double, nullable=False),
    Column("source", String(16), nullable=False),
    Column("by", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("ping_id", String(26)),  # not bound: the word stays when the ping is deleted
    Column("sample", JSON, nullable=False),
    Index("labels_by_site", "site", "at"),
    Index("labels_by_ping", "ping_id"),
)

# The status that each comment of WordPress had when it was last looked at. A comment of another date under the same
# number is another comment (a site set up anew).
wordpress_comments = Table(
    "wordpress_comments",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("comment_id", BigInteger, primary_key=True, autoincrement=False),
    Column("status", String(16), nullable=False),
    Column("date", BigInteger, nullable=False),
    Column("ping_id", String(26)),
    Index("wordpress_comments_by_ping", "ping_id"),
)

# One row a site: when WordPress's moderation was last read to the end, and whether it was ever seen to hold a ping.
label_syncs = Table(
    "label_syncs",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("holds_pings", Boolean, nullable=False),
)

# Models that were trained here, where several nodes share this database; each node keeps a copy among its files. Which
# is in force stands in the settings.
models = Table(
    "models",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("sha256", String(64), nullable=False),  # of the artefact
    Column("card", Text, nullable=False),
    Column("artefact", LargeBinary(2**24 - 1), nullable=False),
    Column("made_at", BigInteger, nullable=False),
)

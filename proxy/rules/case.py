"""What a rule may look at. Everything is a value: a rule reads no clock, no database, no network."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING
from urllib.parse import unquote

from proxy.ping import Evidence, History, Linkback, Sender
from proxy.policy import Policy
from proxy.urls import Url, parse

if TYPE_CHECKING:
    from proxy.rules.owner import OwnerRule


class Relation(Enum):
    """How a source stands to the site that it links to."""

    STRANGER = "stranger"
    SELF = "self"  # a page of this very site
    OWN_HOST = "own host"  # on a host of ours, but not a page of the site


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """The site as rules see it."""

    name: str
    home: Url
    hosts: frozenset[str]
    policy: Policy


@dataclass(frozen=True, slots=True)
class Case:
    """One ping before its verdict. `evidence` is None until the source was asked for."""

    linkback: Linkback
    sender: Sender
    site: SiteFacts
    at: datetime
    history: History = History()
    owner_rules: "tuple[OwnerRule, ...]" = ()
    target_published_at: datetime | None = None
    evidence: Evidence | None = None

    @property
    def source(self) -> Url:
        """The source, taken apart."""
        return parse(self.linkback.source_url)

    @property
    def target(self) -> Url:
        """The target, taken apart."""
        return parse(self.linkback.target_url)

    @property
    def relation(self) -> Relation:
        """How the source stands to the site."""
        return relation(self.source, self.site.home, self.site.hosts)


# WordPress takes `p=N` behind a "?" or "&" anywhere in a URL of its host for a post of its own (facts-newer §2.1).
_POST_NUMBER = re.compile(r"[?&](?:p|page_id|attachment_id)=")
_ONLY_POST_NUMBER = re.compile(r"(?:p|page_id|attachment_id)=[0-9]+")
_DOTS = {".", ".."}  # segments that lead out of the site's path


def relation(source: Url, home: Url, hosts: frozenset[str]) -> Relation:
    """Return how *source* stands to the site at *home* with these *hosts*.

    A self-ping needs scheme, host, port and path of the site, and a post number only where WordPress itself puts
    one. WordPress 7.1 looks at the host name alone, with or without "www.", and publishes such pings at once
    (facts-newer §2.1), so what only shares the host is told apart.
    """
    names = {name.partition(":")[0] for name in hosts} | {home.host}
    if source.host.removeprefix("www.") not in {name.removeprefix("www.") for name in names}:
        return Relation.STRANGER
    at_home = (source.scheme, source.port) == (home.scheme, home.port)
    ours = bool({source.host, f"{source.host}:{source.port}"} & (hosts | {home.host}))
    base = home.path.rstrip("/")
    inside = f"{source.path}/".startswith(f"{base}/") and not _DOTS & set(unquote(source.path).split("/"))
    is_front = source.path.rstrip("/") == base
    plain_number = is_front and _ONLY_POST_NUMBER.fullmatch(source.query or "") is not None
    if at_home and ours and inside and (plain_number or not _POST_NUMBER.search(source.path_query)):
        return Relation.SELF
    return Relation.OWN_HOST

"""The database. SQLite by default, PostgreSQL or MariaDB when several nodes share one.

    schema      the tables
    migrations  how they came to be (Alembic)
    database    connections, and one writer that commits in groups
    rows        between rows and the nouns
    pings       receiving, deciding, moving, listing
    queue       the durable queue of deliveries
    rulebook    the owner's rules
    scope       whose things somebody sees and changes: those of every site, or of some
    feeds       the feeds' secret addresses
    history     what earlier pings say about a sender
    labels      what persons said, on pings and beside them; what training learns from
    models      models that several nodes share, and the order of their promotions
    leases      work that one process at a time may do
    moderation  what was last seen of WordPress's moderation, and what a change in it says

The functions in these rooms take a connection and return values; `Database.write` and `Database.read` run them.
"""

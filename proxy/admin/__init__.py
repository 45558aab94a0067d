"""The admin listener: JSON for programs under /api/v1/, pages for people everywhere else.

For programs: api, json, problems.
For people:
    guard      who may ask: sessions, origins, roles, and the headers of every answer
    reach      how far whoever asks can reach: the sites that they look after
    session    keys, cookies, and the one-time link of the first start
    password   argon2id
    origin     whether a request that changes something came from our own page
    texts      languages: English as written, others from locale/*.po
    show       templates to answers; what a stranger sent becomes harmless text here
    views/     from nouns to what a page shows: pure
    plots      numbers to SVG: pure
    pages/     one file for each page: read, view, show
    actions    what a person does to pings and rules, each with its undo
    digest     telling the owner what waits: Atom feed, webhook, e-mail
"""

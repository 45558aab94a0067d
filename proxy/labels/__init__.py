"""Where labels come from: what persons said of linkbacks and comments, brought together.

A label is a word of a person: never a verdict of our own, and never a deletion. Three places hold such words:

    pings      label and events: what the admin pages, the API and the command line were told
    WordPress  its moderation, read by `sync` and kept in `store.labels`
    files      lines of JSON, taken in and given out by `jsonl`

    words      the nouns: what a comment of WordPress is, what was said, a labelled sample
    merge      pure: which word a change of status is, how much it counts, and which of two words wins
    match      pure: is this comment of WordPress that ping of ours
    sample     pure: a comment or a ping as a line of the model's
    jsonl      pure: lines for export and import
    rest, rpc  I/O: WordPress by its REST API, or by XML-RPC where that is switched off
    wordpress  I/O: which of the two doors is open
    sync       I/O: one site, from the list of statuses to the words in the database, and back
    schedule   I/O: a running server syncs by itself

WordPress's lists cannot be filtered by when something changed: `after=` looks at the date of the comment, and a
change in the dashboard leaves that date alone. So each sync goes through the numbers and statuses of everything, a
hundred a request, compares them with what it saw last time, and asks for the texts of what is new or changed only.

What a status means (`merge` has the table): spam is spam. Approved, "not spam" and restored from the trash are ham.
The trash says nothing, for disallowed words trash on their own; what was said before stays said, also when the
comment is deleted for ever. Unapproving takes a word back. An approval that nobody was seen to give counts fully
only where WordPress is known to hold pings until a person approves them, as it does by default: on a site that
publishes pings at once it would be our own verdict that we learn from. Comments count less than linkbacks, and
editors' notes (`note`, WordPress 7.1) not at all.

What this cannot see: WordPress does not tell who changed a status, so what a plugin such as Akismet marks counts as
marked by a person. Nor does it tell when: a change counts from the sync that saw it (`merge.when`).
"""

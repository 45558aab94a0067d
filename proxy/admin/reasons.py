"""What rules and events say, with {places} for what differs, so that it can be told in other languages.

The rules themselves know one language; a sentence that does not stand here is shown as the rule wrote it.
"""

REASONS = (
    "source and target are the same page",
    "the site links to itself; one of your rules decides",
    "the site links to itself, and self-pings are refused",
    "the site links to itself, and self-pings are held",
    "the site links to itself, and self-pings are approved where the link is there",
    "the site links to itself, and self-pings pass",
    "the source is on this site's host but is no page of the site; WordPress 7.1 would publish it unseen",
    "the post is closed for linkbacks by its path",
    "the post is older than {days} days",
    "{kind}s are switched off",
    "the source page does not exist",
    "the source is not on the public internet",
    "the source is no page that could hold a link",
    "the source page refuses to be read by us",
    "the source's server reports an error of its own",
    "the source page did not come in time",
    "the source's server cannot be reached",
    "the source redirects too often",
    "the source answers with an unusual status",
    "not yet checked: the source's host has been asked enough for now",
    "the source page could not be read",
    "not known yet: this site itself did not say which post is meant",
    "it is not known whether the source links here",
    "the source page does not link to the target",
    "the link is hidden from readers",
    "the page links to {links} other places and says little",
    "the page holds only {chars} characters of text",
    "the source only sends its readers on to {host}",
    "the sender's address belongs to the source's host",
    "the sender's address does not belong to the source's host",
    "WordPress's own check will probably not find the title or the link",
    "title and blog name are the same",
    "the same source sent {count} other linkbacks within a day",
    "the source's host sent {count} linkbacks within a day",
    "you approved linkbacks from this host {count} times",
    "you rejected linkbacks from this host {count} times",
    "your rule “{name}” matches",
    "the rule {name} failed ({problem}), so a person has to decide",
    "there is no model to judge the text with",
    "the model failed on this one, so a person has to decide",
    "the model gives a spam probability of {share}: {words}",
    "judging failed, so a person has to decide; the log says why",
)
# What events say besides, and WordPress's answers in our words.
DETAILS = (
    "from {address}",
    "no label",
    "label",
    "not deleted",
    "the verdict before",
    "{state} again",
    "{points} points: {reasons}",
    "WordPress took it",
    "WordPress asks to wait (HTTP 429)",
    "WordPress takes only one ping in 15 seconds",
    "WordPress did not answer as it should (HTTP {status})",
    "WordPress has no pingbacks here (removed by a plugin, or the site is not declared a production site)",
    (
        "WordPress refused it without saying why (it hides its reasons: no title on the page, no link in its own "
        "reading, pings closed, or it could not fetch the page itself)"
    ),
    "WordPress refused it with fault {code}",
    "WordPress refused it",
    "WordPress dropped it silently",
    "WordPress has it already, from the attempt before",
    "WordPress has it already",
)
# What training says while it goes on, and how it ended.
TRAINING = (
    "starting",
    "gathering labels",
    "reading",
    "scoring",
    "finding out how much the labels count",
    "judging what was not seen",
    "learning from all",
    "judging it beside the present model",
    "learning curve",
    "in force: {reasons}",
    "in force as ordered: {reasons}",
    "kept, not in force: {reasons}",
    "it is not worse on labels that neither model has seen",
    "{spam} spam and {ham} ham that neither model has seen are too few to judge by",
    "it is worse: its log-loss is higher by {amount}, surely above 0",
    "its log-loss is higher by {amount}, more than {most}",
    "it rejects {count} honest linkbacks that the current model does not",
    (
        "{spam} of {needed} spam and {ham} of {of} ham labels are too few to learn from; the model in force stays "
        "until there are enough"
    ),
    "it was cut off before its end",
    "it was stopped before its end",
    "the process that trained ended before its end (status {status}); the log may say why",
)
# What the model's signs say with a value that is a word of English: such a sentence is translated as a whole.
SIGNS = (
    "the host's name is in the blog's name",
    "the host's name has nothing of the blog's name",
    "the title is an address",
    "the blog name is an address",
    "the title is on the page",
    "the title is not on the page",
    "the page holds a link to us",
    "the page does not hold a link to us",
    "the page's link is seen",
    "the page's link is hidden",
    "the sender belongs to the source's host",
    "the sender does not belong to the source's host",
    "WordPress would take it for a link",
    "WordPress would not take it for a link",
)
EVENTS = {
    "received": "received",
    "held": "held",
    "approved": "approved",
    "rejected": "rejected",
    "observed": "observed",
    "delivered": "delivered",
    "refused": "refused by WordPress",
    "failed": "given up",
    "checked": "checked again, still held",
    "labelled": "labelled",
    "undone": "undone",
    "delivery postponed": "delivery postponed",
}
# Refusals that people meet on the pages, as they are raised, and what the pages say instead.
REFUSALS = {
    "the two passwords differ": "the two passwords differ",
    "the password must have at least 10 characters": "the password must have at least 10 characters",
    "the password must have at most 1000 characters": "the password must have at most 1000 characters",
    "the password repeats too few characters": "the password repeats too few characters",
    "this was undone already": "this was undone already",
    "another model is in force by now": "another model is in force by now",
    "a model is being trained already, by {name} since {time}": "a model is being trained already, by {name}",
    "the shipped model is in force; there is none before it": "there is no model before the one in force",
    "the ping was deleted since": "the linkback was deleted since",
    "the ping is {state} by now": "the linkback is {state} by now",
    "it is on its way to WordPress": "it is on its way to WordPress",
    "the same linkback came again since": "the same linkback came again since",
    "no linkback is selected": "no linkback is selected",
    "choose from 1 to {n} linkbacks": "choose from 1 to {n} linkbacks",
    "this button does nothing here": "this button does nothing here",
    "there is no rule in it": "there is no rule in it",
    "there is no ping {id}": "there is no such linkback; perhaps it was deleted",
    "there is no rule {id}": "there is no such rule; perhaps it was deleted",
    "there is no site {id}": "there is no such site in the configuration",
    "there is no model {id}": "there is no such model; perhaps it was removed",
    "there is no action that can be undone {id}": "this can no longer be undone: a day has passed",
    "ping {id} is {state}; it cannot become {wanted}": "the linkback is {state}; that cannot be done with it",
    "this is for all sites, and you may change only what belongs to yours": (
        "this is for all sites, and you may change only what belongs to yours"
    ),
    "these are not the rules that were read": "these are not the rules that were read",
    "this is not JSON": "this is not JSON",
    "the JSON must be a list of at most 500 rules": "the JSON must be a list of at most 500 rules",
    "{line} is no host": "{line} is no host",
    "there are {n} lines; at most {most} are read at once": "there are {n} lines; at most {most} are read at once",
    "there are {n} hosts; at most {most} are taken": "there are {n} hosts; at most {most} are taken",
    "hosts: {host} belongs to another site": "the host {host} belongs to another site",
    'hosts: {value} must be a host name such as "blog.example"': "{value} is no host name such as “blog.example”",
    "when must hold at least one condition, or the rule would match everything": (
        "at least one condition is needed, or the rule would fit everything"
    ),
    "points must not be 0 when the action is points": "a rule that adds points needs points other than 0",
    "points = {value} must be a number from -100 to 100": "the points must be a number from −100 to 100, not {value}",
    "site = {value} must be null or one of {names}": "there is no site {value}; there are {names}",
    "expires_at = {value} must look like {examples}": "{value} is no date such as 2026-12-31",
    "{field} must be a text of at most {n} characters": "{field}: at most {n} characters are kept",
    'when.{field} = {value} must be a host name such as "blog.example"': "{field}: {value} is no host name",
    "when.{field} = {value} is part of {domain}; for one host use source_host": (
        "{field}: {value} is one host of {domain}; it belongs under “Hosts of the source”"
    ),
    'when.{field} = {value} must be a path such as "/2024/*"': "{field}: {value} is no path such as /2024/*",
    "when.{field} must be a list of texts, at most {n}": "{field}: at most {n} lines are kept",
    "when.{field} must be words; one of them holds nothing that can be seen": (
        "{field}: one of them holds nothing that can be seen"
    ),
    "when.{field}: {value} does not appear to be an IPv4 or IPv6 network": (
        "{field}: {value} is no range of addresses such as 203.0.113.0/24"
    ),
    "when.{field} = {value} is no regular expression: {problem}": (
        "{field}: {value} is no regular expression ({problem})"
    ),
    "when.{field} = {value} {problem}": "{field}: {value} {problem}",
    "when.{field}: {problem}": "{field}: {problem}",
}
# What the pages call the fields of a rule.
FIELDS = {
    "source_host": "Hosts of the source",
    "source_domain": "Domains of the source",
    "remote_network": "Address ranges of the sender",
    "words": "Words",
    "source_path": "Path of the source",
    "target_path": "Path of the target",
    "pattern": "Regular expression",
    "name": "Name",
    "note": "Note",
}

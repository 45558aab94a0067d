"""Pingwarden: the story of a ping, and the map of the layers. No code.

A request comes in at `doors`. `identify` says whether it could hold a linkback; if not, `relay` passes it through
untouched. `wire` reads it as WordPress would and once more strictly. From there the ping goes its way in `pipeline`:

    recorded as received          store
    cheap rules                   rules, decide
    its source fetched and read   verify: fetch, page, target
    all rules and the model       rules, score, decide
    the verdict recorded          store, lifecycle
    approved: delivered           deliver, outcome, upstream
    the sender answered           reply

Layers, imports go downwards only (tests/test_layers.py):

    faces       doors  workers  app  admin  demo  commands     wiring, HTTP, people, terminals
                recipes
    pipeline    pipeline                                       judge, release, resume
    I/O         config  store  fetch  verify  target  score    one thing each; the clock is read in `clock` alone
                deliver  labels  limits  body  clock  reader
                commons  tally
                reload  systemd  metrics  state  backup  privacy
                listener  relay  handover  hops  environment
                upstream  exchange  connection
    pure        wire  identify  urls  addresses  page  rules   bytes and values in, values out:
                decide  reply  outcome                         no clock, no I/O, no logging
    nouns       ping  lifecycle  policy  errors                frozen values, enums, the table of states

`score` alone imports the package `model`, which knows nothing of this one.
"""

"""The judge's ear for spam: learns from what people marked, and says why it thinks what it thinks.

A linkback comes in as a `sample.Sample`. `view.read` folds its text (`fold`) and takes its address apart (`address`);
each file of `features/` then says one kind of thing about it, as short signs ("tld=example", "links≥3") or words.
`train` weighs the signs, `scorer` adds the weights up without any numerical library, and `artifact` keeps the two
in step: what is written beside a model is what it takes to load it.

    sample → view → features → train → artifact → scorer

Nothing here knows the proxy: no request, no database, no clock.
"""

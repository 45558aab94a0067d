"""The model's opinion of a ping. The only room that knows the package `model`.

judge       a ping as the model reads it, and its opinion as a finding
shelf       the models of a state directory, and which is in force
watch       a running server takes a newly promoted model without stopping
share       nodes that share a database share their models

examples    what is learnt from: each word with who said it when, the latest on each thing
newcomer    a model trained on them, and whether it may take the present one's place
training    one run, from the words in the database to a model on the shelf
ledger      who trains now and how it goes, told in the database as a `run`
workshop    what a running server does with its models; it trains in a process of its own, the `child`
schedule    a running server trains by itself

portrait    what there is to show of a model; `changes`: what it learnt since its parent
backtest    what another model or other thresholds would have changed
evaluation  how well the model in force does on labelled linkbacks
"""

from model.scorer import sentences
from proxy.score.judge import UNSURE, Judge, Opinion, open_judge, sample_of
from proxy.score.shelf import Shelf, shelf_in
from proxy.score.watch import look, watch

__all__ = [
    "UNSURE", "Judge", "Opinion", "Shelf", "look", "open_judge", "sample_of", "sentences", "shelf_in", "watch",
]  # fmt: skip

"""The model's opinion of a ping. The only room that knows the package `model`.

judge    a ping as the model reads it, and its opinion as a finding
shelf    the models of a state directory, and which is in force
watch    a running server takes a newly promoted model without stopping
"""

from model.scorer import sentences
from proxy.score.judge import UNSURE, Judge, Opinion, open_judge, sample_of
from proxy.score.shelf import Shelf, shelf_in
from proxy.score.watch import look, watch

__all__ = [
    "UNSURE", "Judge", "Opinion", "Shelf", "look", "open_judge", "sample_of", "sentences", "shelf_in", "watch",
]  # fmt: skip

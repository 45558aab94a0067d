"""Parts of many labels, whole groups in each, so that the rows of one part at a time need memory."""

import hashlib
from collections.abc import Sequence
from math import ceil
from typing import Final

import numpy as np

from model.groups import group_of
from model.sample import Label, Sample

WHOLE: Final = 20_000  # labels that are learnt from at once
_GROUPS: Final = 20  # with either class in them, that a part must have


def parts_of(labels: Sequence[Sample], size: int = WHOLE) -> list[list[int]]:
    """The places of `labels` in parts of about `size`: whole groups, spam and honest ones dealt out evenly, the same
    for the same labels in any order. One part when there are no more labels, or too few groups of a class to deal out.
    A single group of more than `size` makes its part as large."""
    if len(labels) <= size:
        return [list(range(len(labels)))]
    seen = np.fromiter(map(_mark, labels), dtype=[("group", "S32"), ("label", "i1")], count=len(labels))
    group = np.unique(seen["group"], return_inverse=True)[1]  # numbered in the order of their digests
    spam, ham = (np.bincount(group, seen["label"] == label) > 0 for label in (1, 0))
    count = max(1, min(ceil(len(labels) / size), int(spam.sum()) // _GROUPS, int(ham.sum()) // _GROUPS))
    part = np.empty(len(spam), dtype=np.int64)
    part[np.argsort(spam, kind="stable")] = np.arange(len(spam)) % count
    return [np.flatnonzero(part[group] == number).tolist() for number in range(count)]


def _mark(sample: Sample) -> tuple[bytes, int]:
    """All that dealing out needs to know of a sample, in a few bytes."""
    label = -1 if sample.label is None else int(sample.label is Label.SPAM)
    return hashlib.sha256(group_of(sample).encode("utf-8", "surrogatepass")).digest(), label

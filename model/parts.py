"""Parts of many labels, whole groups in each, so that the rows of one part at a time need memory."""

import hashlib
from collections.abc import Sequence
from math import ceil
from typing import Final

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
    members: dict[str, list[int]] = {}
    for place, sample in enumerate(labels):
        members.setdefault(group_of(sample), []).append(place)
    spam, ham = (
        {group for group, places in members.items() if any(labels[place].label is label for place in places)}
        for label in (Label.SPAM, Label.HAM)
    )
    count = max(1, min(ceil(len(labels) / size), len(spam) // _GROUPS, len(ham) // _GROUPS))
    parts: list[list[int]] = [[] for _ in range(count)]
    dealt = sorted(members, key=lambda group: (group in spam, hashlib.sha256(group.encode()).digest()))
    for number, group in enumerate(dealt):
        parts[number % count].extend(members[group])
    return [sorted(part) for part in parts]

"""Which samples belong together: a campaign or a domain must never stand on both sides of a split."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from model.address import split_address
from model.sample import Sample

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def group_of(sample: Sample) -> str:
    """The sample's own group, else its registrable domain, else itself."""
    if sample.group:
        return "group " + sample.group
    domain = split_address(sample.url).domain
    return f"domain {domain}" if domain else f"sample {sample.id or sample.excerpt}"


def numbers_of(samples: Iterable[Sample]) -> "NDArray[np.int64]":
    """A number for the group of each sample, from 0 in order of the groups' names. No name is held twice."""
    import numpy as np

    met: dict[str, int] = {}
    found = np.fromiter((met.setdefault(group_of(sample), len(met)) for sample in samples), dtype=np.int64)
    rank = np.empty(len(met), dtype=np.int64)
    rank[[met[name] for name in sorted(met)]] = np.arange(len(met))
    return rank[found]


def folds_of(samples: Sequence[Sample], count: int, seed: int) -> list[int]:
    """A fold (0 to count - 1) for each sample: whole groups, each class spread evenly, the same for the same rows.

    Fewer groups than `count` make fewer folds; a single group is all in fold 0."""
    import numpy as np
    from sklearn.model_selection import StratifiedGroupKFold

    groups = numbers_of(samples)
    labels = [sample.label == "spam" for sample in samples]
    folds = [0] * len(samples)
    possible = min(count, len(set(groups.tolist())))
    if possible < 2:
        return folds
    splitter = StratifiedGroupKFold(possible, shuffle=True, random_state=seed)
    for number, (_, tested) in enumerate(splitter.split(np.zeros(len(samples)), labels, groups)):
        for row in tested:
            folds[row] = number
    return folds

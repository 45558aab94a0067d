"""Which samples belong together: a campaign or a domain must never stand on both sides of a split."""

from collections.abc import Sequence

from model.address import split_address
from model.sample import Sample


def group_of(sample: Sample) -> str:
    """The sample's own group, else its registrable domain, else itself."""
    if sample.group:
        return "group " + sample.group
    domain = split_address(sample.url).domain
    return f"domain {domain}" if domain else f"sample {sample.id or sample.excerpt}"


def folds_of(samples: Sequence[Sample], count: int, seed: int) -> list[int]:
    """A fold (0 to count - 1) for each sample: whole groups, each class spread evenly, the same for the same rows.

    Fewer groups than `count` make fewer folds; a single group is all in fold 0."""
    import numpy as np
    from sklearn.model_selection import StratifiedGroupKFold

    labels = [sample.label == "spam" for sample in samples]
    groups = [group_of(sample) for sample in samples]
    folds = [0] * len(samples)
    possible = min(count, len(set(groups)))
    if possible < 2:
        return folds
    splitter = StratifiedGroupKFold(possible, shuffle=True, random_state=seed)
    for number, (_, tested) in enumerate(splitter.split(np.zeros(len(samples)), labels, groups)):
        for row in tested:
            folds[row] = number
    return folds

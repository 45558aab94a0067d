"""What a model learnt since its parent: the words and signs whose weight moved furthest."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import median

from model.encode import LETTERS, feature_of, norm
from model.errors import ModelError
from model.features import Words
from model.scorer import Scorer, about
from model.weights import Block
from proxy.score.shelf import Shelf, Shelved

_ENOUGH_TO_TELL = 20  # tokens; fewer show no common factor
_LEAST = 0.005  # points; less is rounding


@dataclass(frozen=True, slots=True)
class Moved:
    """A word or sign, what it says, and its points before and after; above 0 speaks for spam.

    Points are of a text of this word alone. `says` holds {} where `value` stands: both can be told in other languages.
    """

    feature: str  # "title", "excerpt", "host.shape", …
    says: str
    value: str
    before: float
    after: float

    @property
    def by(self) -> float:
        """How far it moved, above 0 towards spam."""
        return self.after - self.before

    @property
    def text(self) -> str:
        """The English sentence."""
        return self.says.format(self.value)


def moved_since(shelf: Shelf, one: Shelved, count: int) -> tuple[tuple[Moved, ...], tuple[Moved, ...]]:
    """Return what moved furthest towards spam and away from it since the parent; nothing where that is not there."""
    parent = shelf.by_model_id(one.card.parent) if one.card.parent else None
    if parent is None:
        return (), ()
    try:
        before, after = parent.load(), one.load()
    except ModelError:
        return (), ()
    found = sorted(_moved(before, after), key=lambda word: -abs(word.by))
    up = tuple(word for word in found if word.by > _LEAST)
    down = tuple(word for word in found if word.by < -_LEAST)
    return up[:count], down[:count]


def _moved(before: Scorer, after: Scorer) -> Iterator[Moved]:
    """All weights may have been stretched together (calibration): what is told is what moved beyond that."""
    stretch = _stretch(before, after)
    for name, block in after.weights.blocks.items():
        if name.endswith(LETTERS):
            continue  # pieces of words say nothing to people
        known = _table(before.weights.blocks.get(name))
        feature = feature_of(name)
        scale = feature.scale * (norm(1) if isinstance(feature, Words) else 1)
        for token, weight in zip(block.tokens, block.weights, strict=True):
            former = stretch * known.get(token, 0.0)
            if weight != former:
                _, says, value = about(feature, token)
                yield Moved(feature.name, says, value, scale * former, scale * weight)


def _stretch(before: Scorer, after: Scorer) -> float:
    ratios = []
    for name, block in before.weights.blocks.items():
        now = _table(after.weights.blocks.get(name))
        ratios += [now[token] / weight for token, weight in _table(block).items() if weight and token in now]
    return median(ratios) if len(ratios) >= _ENOUGH_TO_TELL else 1.0


def _table(block: Block | None) -> Mapping[str, float]:
    return {} if block is None else dict(zip(block.tokens, block.weights, strict=True))

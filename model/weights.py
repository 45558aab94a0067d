"""What a model is once it has learnt: a weight for each token of each block, and an intercept. Plain data.

Calibration is folded in: a weight is in log-odds per amount, and amounts times weights plus the intercept are the
log-odds of the calibrated probability. `rarity` is how rare a token was while learning (0 to 1): a site's own labels
may move a rare token's weight further.
"""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from sys import byteorder
from typing import Any, Final

from model.encode import WORDS

FORMAT: Final = 1
_COMMON: Final = 0.7  # rarity of a word that some twenty of the seed corpus's groups use
SEPARATOR: Final = "\n"  # folding turns it into a space; an address may hold one, and its token is not learnt


@dataclass(frozen=True, slots=True)
class Block:
    """The tokens of one block, their weights and rarities, in the same order."""

    tokens: tuple[str, ...]
    weights: Sequence[float]
    rarity: Sequence[float]

    def __post_init__(self) -> None:
        for name in ("weights", "rarity"):  # a tuple of so many numbers takes four times the memory
            object.__setattr__(self, name, array("d", getattr(self, name)))


@dataclass(frozen=True, slots=True)
class Weights:
    """All blocks, the intercept in log-odds, and the table of confusables that texts were folded with."""

    blocks: Mapping[str, Block]
    intercept: float
    confusables: Mapping[str, str]

    def to_payload(self) -> dict[str, Any]:
        """Builtins only, so that reading it back runs no code; the same weights give the same payload."""
        return {
            "format": FORMAT,
            "intercept": self.intercept,
            "confusables": dict(sorted(self.confusables.items())),
            "blocks": {
                name: {
                    "tokens": SEPARATOR.join(block.tokens),
                    "weights": _packed(block.weights),
                    "rarity": _packed(block.rarity),
                }
                for name, block in sorted(self.blocks.items())
            },
        }

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> "Weights":
        """The weights in a payload. Raises ValueError, KeyError or TypeError when it is not one."""
        if payload["format"] != FORMAT:
            raise ValueError(f"format {payload['format']!r} instead of {FORMAT}")
        blocks = {name: _block(name, data) for name, data in payload["blocks"].items()}
        return cls(blocks, float(payload["intercept"]), dict(payload["confusables"]))


def strongest(weights: Weights, most: int) -> Weights:
    """The same weights without the weakest, so that at most about `most` tokens are left, besides the words that are in
    common use: what is no word may be a piece of one (`encode.mended`)."""
    sizes = sorted((abs(weight) for block in weights.blocks.values() for weight in block.weights), reverse=True)
    if len(sizes) <= most:
        return weights
    least = sizes[most - 1]
    blocks = {}
    for name, block in weights.blocks.items():
        rows = zip(block.tokens, block.weights, block.rarity, strict=True)
        common = _COMMON if name.endswith(WORDS) else 0.0
        kept = [row for row in rows if abs(row[1]) >= least or (row[2] <= common and " " not in row[0])]
        blocks[name] = Block(*map(tuple, zip(*kept, strict=True))) if kept else Block((), (), ())
    return Weights(blocks, weights.intercept, weights.confusables)


def _block(name: str, data: Mapping[str, Any]) -> Block:
    tokens = tuple(data["tokens"].split(SEPARATOR)) if data["tokens"] else ()
    block = Block(tokens, _unpacked(data["weights"]), _unpacked(data["rarity"]))
    if not len(tokens) == len(block.weights) == len(block.rarity):
        raise ValueError(f"block {name} has {len(tokens)} tokens and {len(block.weights)} weights")
    return block


def _packed(numbers: Sequence[float]) -> bytes:
    """Single precision, little-endian. Weights are rounded to it when they are learnt, so nothing is lost here."""
    packed = array("f", numbers)
    if byteorder == "big":
        packed.byteswap()
    return packed.tobytes()


def _unpacked(data: bytes) -> Sequence[float]:
    numbers = array("f")
    numbers.frombytes(data)
    if byteorder == "big":
        numbers.byteswap()
    return numbers

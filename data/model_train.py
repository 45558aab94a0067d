"""Trains the shipped model from the seed corpus: `python data/model_train.py` writes model.joblib and model.card.json.

The same corpus gives the same two files, byte for byte.
"""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Final

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from model.describe import save_trained  # noqa: E402
from model.rows import read_samples  # noqa: E402
from model.train import train  # noqa: E402
from model.weights import strongest  # noqa: E402

MOST_TOKENS: Final = 150_000  # some 180 bytes each in every process that scores; the weakest say next to nothing


def main() -> None:
    """Reads the corpus named on the command line (default: seed.jsonl.gz here), trains, writes, says how well: by the
    models of the folds, from which no token is left out."""
    corpus = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "seed.jsonl.gz"
    trained = train(list(read_samples(corpus)))
    weights = strongest(trained.weights, MOST_TOKENS)
    trained = replace(trained, weights=weights, columns={name: len(one.tokens) for name, one in weights.blocks.items()})
    card = save_trained(HERE, trained, note=f"shipped model, learnt from {corpus.name}")
    for name, figure in card.figures["out_of_fold"].items():
        sys.stdout.write(f"{name:18} {figure['value']:.4f}  [{figure['low']:.4f}, {figure['high']:.4f}]\n")
    sys.stdout.write(f"thresholds {card.thresholds}\n")


if __name__ == "__main__":
    main()

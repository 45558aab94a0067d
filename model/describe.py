"""From what training gave to a model's card, and to the two files."""

import hashlib
import json
import platform
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

import numpy as np

from model.artifact import save_model
from model.card import ModelCard, Thresholds
from model.encode import reading
from model.figures import Floats, bootstrap, brier, recall_at, roc_auc
from model.groups import group_of, numbers_of
from model.sample import Sample
from model.thresholds import choose, cost_of
from model.train import Trained
from model.weights import FORMAT

_TENTHS: Final = 10
_LIBRARIES: Final = ("scikit-learn", "numpy", "scipy", "joblib", "publicsuffixlist", "confusable-homoglyphs")


def save_trained(
    directory: Path | str,
    trained: Trained,
    thresholds: Thresholds | None = None,
    *,
    parent: str | None = None,
    created_at: str | None = None,
    note: str = "",
    more_figures: Mapping[str, Any] | None = None,
) -> ModelCard:
    """Writes a trained model and its card into `directory` and returns the card. Without `thresholds` they are chosen
    from the out-of-fold scores. `created_at` is whatever the caller's clock says."""
    spam = trained.spam
    bands = thresholds or choose(spam, trained.out_of_fold)
    card = ModelCard(
        model_id="",
        sha256="",
        format=FORMAT,
        reading=reading(),
        thresholds=bands,
        learnt_from=learnt_from(trained.samples),
        features=dict(trained.columns),
        figures={
            "out_of_fold": figures_of(trained.samples, spam, trained.out_of_fold, bands),
            "reliability": reliability_of(spam, trained.out_of_fold),
            **(more_figures or {}),
        },
        settings=asdict(trained.settings),
        versions=running_versions(),
        parent=parent,
        created_at=created_at,
        note=note,
    )
    return save_model(directory, trained.weights, card)


def learnt_from(samples: Iterable[Sample]) -> dict[str, Any]:
    """How many rows of which label and kind, in how many groups, and a digest of them all in their order."""
    digest = hashlib.sha256()
    labels: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    groups = set()
    for sample in samples:
        digest.update(json.dumps(sample.to_json(), sort_keys=True).encode())
        labels[str(sample.label)] += 1
        kinds[sample.kind.value] += 1
        groups.add(group_of(sample))
    return {
        "rows": sum(labels.values()),
        "labels": dict(sorted(labels.items())),
        "kinds": dict(sorted(kinds.items())),
        "groups": len(groups),
        "sha256": digest.hexdigest(),
    }


def figures_of(samples: Iterable[Sample], spam: Floats, log_odds: Floats, bands: Thresholds) -> dict[str, Any]:
    """The card's figures over samples the model had not seen, with 95 % intervals."""
    groups = numbers_of(samples)
    probability = 1 / (1 + np.exp(-log_odds))
    cost = cost_of(spam, log_odds, bands)
    return {
        "roc_auc": bootstrap(roc_auc, spam, log_odds, groups).to_json(),
        "recall_at_0.5%": bootstrap(lambda s, x: recall_at(s, x, 0.005), spam, log_odds, groups).to_json(),
        "recall_at_0.1%": bootstrap(lambda s, x: recall_at(s, x, 0.001), spam, log_odds, groups).to_json(),
        "brier": bootstrap(brier, spam, probability, groups).to_json(),
        "honest_rejected": cost.honest_rejected.to_json(),
        "honest_held": cost.honest_held.to_json(),
        "spam_approved": cost.spam_approved.to_json(),
        "spam_rejected": cost.spam_rejected.to_json(),
    }


def reliability_of(spam: Floats, log_odds: Floats) -> list[list[float]]:
    """For each tenth of probabilities that was said: their mean, the share that was spam, how many there were."""
    said = 1 / (1 + np.exp(-log_odds))
    tenth = np.minimum((said * _TENTHS).astype(np.int64), _TENTHS - 1)
    parts = [tenth == number for number in np.unique(tenth)]
    return [[round(float(said[part].mean()), 4), round(float(spam[part].mean()), 4), int(part.sum())] for part in parts]


def running_versions() -> dict[str, str]:
    """The versions of Python and of the libraries that training used."""
    found = {"python": platform.python_version()}
    for library in _LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            continue
    return found

"""What a feature's tests share: a way to ask for the signs of one sample."""

from collections.abc import Callable

import pytest

from model.encode import SIGNS, encode
from model.fold import unicode_confusables
from model.sample import Sample
from model.view import read

SignsOf = Callable[[str, Sample], set[str]]


@pytest.fixture(scope="session")
def signs_of() -> SignsOf:
    """A function from a feature's name and a sample to the signs that the feature gives."""
    table = unicode_confusables()

    def signs(feature: str, sample: Sample) -> set[str]:
        return set(encode(read(sample, table), {}).get(feature + SIGNS, {}))

    return signs

"""A small made-up corpus and a model learnt from it, for tests alone: it knows three trades and five hobbies."""

import random
from itertools import product
from pathlib import Path

import pytest

from model.card import ModelCard
from model.describe import save_trained
from model.sample import Kind, Label, PageEvidence, Sample
from model.train import Settings, Trained, train

GOODS = ("casino bonus", "cheap watches outlet", "payday loans online", "discount handbags", "generic pills")
LURES = (
    "great post thanks for sharing buy {} now at our store",
    "{} {} {} http://{}.example/buy visit our site",
    "I am impressed with your weblog, check {}",
    "order {} without delay, lowest price, free shipping",
)
HOBBIES = ("gardening", "astronomy", "model trains", "bread baking", "sailing", "chess", "choir singing")
TALES = (
    "last weekend we went out for some {} and the weather held until the evening, as Ada wrote in her own notes",
    "a long answer to what she says about {}: I tried it at home and it took me three attempts",
    "this week's links are about {}, a little history and one good photograph from the archive",
    "I disagree with some of it, but the part on {} is the clearest explanation that I have read",
)


def _spam(dice: random.Random, number: int) -> Sample:
    goods = GOODS[number % len(GOODS)]
    slug = goods.replace(" ", "-")
    host = f"{slug}-{number % 17}.example"
    return Sample(
        id=f"s{number}",
        kind=Kind.TRACKBACK,
        url=dice.choice((f"http://{host}/", f"http://www.{host}/images/{slug}{number}.html")),
        title=goods,
        excerpt=dice.choice(LURES).format(goods, goods, goods, slug),
        blog_name=goods,
        label=Label.SPAM,
        group=f"campaign {number % 17}",
        evidence=PageEvidence(status=200, link_found=False, outbound_links=80) if number % 2 else None,
    )


def _ham(dice: random.Random, number: int) -> Sample:
    hobby = HOBBIES[number % len(HOBBIES)]
    name = dice.choice(("Ada's notebook", "The long way home", "Small hours"))
    return Sample(
        id=f"h{number}",
        kind=dice.choice((Kind.TRACKBACK, Kind.PINGBACK)),
        url=f"https://blog{number % 23}.example/2020/0{1 + number % 9}/more-on-{hobby.replace(' ', '-')}/",
        title=f"More on {hobby}",
        excerpt=dice.choice(TALES).format(hobby),
        blog_name=name,
        label=Label.HAM,
        group=f"blog {number % 23}",
        evidence=PageEvidence(status=200, link_found=True, link_visible=True, outbound_links=8) if number % 2 else None,
    )


@pytest.fixture(scope="session")
def corpus() -> tuple[Sample, ...]:
    """140 rows, half of them spam, in forty groups."""
    dice = random.Random(7)
    return tuple(make(dice, number) for number, make in product(range(70), (_spam, _ham)))


@pytest.fixture(scope="session")
def trained(corpus: tuple[Sample, ...]) -> Trained:
    """What learning from the small corpus gave."""
    return train(corpus, Settings(variants=1, folds=3))


@pytest.fixture(scope="session")
def model_dir(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the small model and its card."""
    folder = tmp_path_factory.mktemp("model")
    save_trained(folder, trained)
    return folder


@pytest.fixture(scope="session")
def card(model_dir: Path) -> ModelCard:
    """The small model's card."""
    from model.artifact import read_card

    return read_card(model_dir)

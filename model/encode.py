"""From a view to named amounts: the one definition of what a model adds up, for training and for serving.

Broken words are put together again first. A field of n different words gives each word and each pair of neighbours
1/√(n+2), so that one word of a short title says more than one of a long text; the letters inside a word (runs of 3
to 5, "<" and ">" being its ends) share one such part. A sign gives its feature's scale. The amounts of one word are
all its own, so a score can be told word by word.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Set
from functools import lru_cache
from itertools import pairwise
from math import sqrt
from typing import Final

from model.features import Feature, Signs, Words, all_features
from model.sample import Kind, PageEvidence, Sample
from model.view import View, read

WORDS: Final = ":words"
LETTERS: Final = ":letters"
SIGNS: Final = ":signs"
_SHORTEST, _LONGEST = 3, 5
_MIDDLE: Final = 4  # letters of the piece in the middle of three, and
_PIECE: Final = 12  # of the two around it: real words stand alone more often
_SMOOTH: Final = 2

Amounts = dict[str, dict[str, float]]
"""Block name ("title:words", "host.shape:signs") → token → amount."""


def norm(words: int) -> float:
    """The part of each of `words` different words in a field."""
    return 1 / sqrt(words + _SMOOTH)


def letters_of(word: str) -> tuple[str, ...]:
    """The runs of letters inside a word, each once; none for words of one character."""
    if len(word) < 2:
        return ()
    edged = f"<{word}>"
    size = len(edged)
    return tuple({edged[i : i + n]: None for n in range(_SHORTEST, _LONGEST + 1) for i in range(size - n + 1)})


_letters_again = lru_cache(maxsize=65536)(letters_of)  # some 100 MB when it is full: for training alone


def pairs_of(words: Iterable[str]) -> Iterator[str]:
    """Neighbouring words, with a space between, in order."""
    return map(" ".join, pairwise(words))


def mended(words: tuple[str, ...], known: Set[str]) -> tuple[str, ...]:
    """The words, with known ones put together again that stand in two or three neighbouring pieces ("cas ino",
    "vi ag ra"), of which at least one is not known by itself, and the middle one of three; from left to right."""
    broken = _broken(words, known)
    if not broken:
        return words
    whole: list[str] = []
    place = 0
    while place < len(words):
        pieces = broken.get(place, 1)
        whole.append("".join(words[place : place + pieces]))
        place += pieces
    return tuple(whole)


def _broken(words: tuple[str, ...], known: Set[str]) -> dict[int, int]:
    """Where a broken word begins, and in how many pieces it lies there. Most texts hold none, which is quickly told."""
    found: dict[int, int] = {}
    if not known.isdisjoint(map("".join, pairwise(words))):
        found = {place: 2 for place, pair in enumerate(pairwise(words)) if _is_broken(pair, known)}
    if not known.isdisjoint(map("".join, zip(words, words[1:], words[2:], strict=False))):
        for place, (first, middle, last) in enumerate(zip(words, words[1:], words[2:], strict=False)):
            short = len(middle) <= _MIDDLE and len(first) + len(last) <= _PIECE
            if short and middle not in known and _is_broken((first, middle, last), known):
                found[place] = 3
    return found


def _is_broken(pieces: tuple[str, ...], known: Set[str]) -> bool:
    whole = "".join(pieces)
    return (
        whole in known
        and len(whole) >= len(pieces) + 2
        and whole.isalpha()
        and not all(map(known.__contains__, pieces))
    )


def encode(view: View, known: Mapping[str, Set[str]]) -> Amounts:
    """Everything there is to say of a view. `known` gives the known words of each words' block."""
    amounts: Amounts = {}
    for feature in all_features():
        if isinstance(feature, Words):
            _encode_words(feature, feature.read(view), known.get(feature.name + WORDS, frozenset()), amounts)
        else:
            amounts[feature.name + SIGNS] = dict.fromkeys(feature.read(view), feature.scale)
    return amounts


def _encode_words(feature: Words, words: tuple[str, ...], known: Set[str], amounts: Amounts) -> None:
    if not words:
        return
    words = mended(words, known)
    distinct = dict.fromkeys(words)
    each = norm(len(distinct))
    said = dict.fromkeys((*distinct, *pairs_of(words)), feature.scale * each)
    amounts[feature.name + WORDS] = said
    if not feature.letters:
        return
    runs: dict[str, float] = {}
    for word in distinct:
        inside = _letters_again(word)
        if inside:
            part = feature.letters * each / sqrt(len(inside))
            for run in inside:
                runs[run] = runs.get(run, 0.0) + part
    amounts[feature.name + LETTERS] = runs


def feature_of(block: str) -> Feature:
    """The feature that a block belongs to. Raises KeyError for a block that none has."""
    return _by_block()[block]


@lru_cache(maxsize=1)
def _by_block() -> dict[str, Feature]:
    found: dict[str, Feature] = {}
    for feature in all_features():
        blocks = (SIGNS,) if isinstance(feature, Signs) else (WORDS, LETTERS)
        found.update({feature.name + block: feature for block in blocks})
    return found


@lru_cache(maxsize=1)
def reading() -> str:
    """A digest of how a few odd samples are read, 16 hex digits. It changes when any feature, the folding or
    Unicode's data read otherwise than before, and then a model's weights no longer mean what they meant."""
    digest = hashlib.sha256()
    for sample in _PROBES:
        for block, tokens in sorted(encode(read(sample, _PROBE_TABLE), _PROBE_WORDS).items()):
            digest.update(repr((block, sorted((token, round(amount, 9)) for token, amount in tokens.items()))).encode())
    return digest.hexdigest()[:16]


_PROBE_TABLE: Final = {"а": "a", "о": "o", "е": "e", "ɡ": "g", "с": "c"}
_PROBE_WORDS: Final = {"excerpt" + WORDS: frozenset(["casino", "viagra", "play"])}
_PROBES: Final = (
    Sample(
        url="http://Shop-77x.example.co.uk:8080/images/Cheap-Things_12.php?id=3&x=%41",
        title="CHEAP things &amp; more | 50% off!",
        excerpt="[…] Buy <b>ch\u200beаp</b> th1ngs n o w at http://a.example/b [url=http://c.example]c[/url] for $5"
        " %D0%B0 rtxxvbn@mail.example, call +1 234 567 8901!!! [&#8230;]",
        blog_name="Cheap Things",
        evidence=PageEvidence(
            fetched_url="http://other.example/", status=200, redirects=2, title="Ｃｈｅａｐ things", link_found=True,
            link_visible=False, link_rel="nofollow ugc", excerpt="read cHeAp tHiNgS hErEnOw", outbound_links=60,
            text_chars=1500, sender_matches_host=False, wordpress_would_accept=True,
        ),
    ),
    Sample(url="https://blog.example/2020/04/05/der-garten-im-fruehling/", title="Der Garten im Frühling – Blog",
           excerpt="und das ist nicht die ganze Geschichte, die wir von dem Garten erzählen wollten", blog_name="Blog"),
    Sample(url="http://192.0.2.1/a7", title="http://192.0.2.1/a7", excerpt="なるほど、東京 café Привет мир это не так"),
    Sample(url="http://home.example/about", kind=Kind.COMMENT, excerpt="so true"),
    Sample(url="http://fine-boots.example/", excerpt="fine boots"),
    Sample(url="", excerpt="play cas ino, vi ag ra, \u03f2asino, rtxvbnqklm fgksvbwrtx and Wirtschaft"),
    Sample(url="", excerpt="wow", evidence=PageEvidence(failure="timeout", link_found=False, status=503)),
)  # fmt: skip

"""A sample as every feature sees it: each text folded once, the address taken apart once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from model.address import Address, split_address
from model.fold import Folded, fold
from model.sample import Kind, PageEvidence, Sample

# Scripts written without spaces are read character by character; of other words the first 24 characters count.
_WORD: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0eff]|[^\W_]{1,24}")
_MAX_WORDS: Final = 90  # of the head; more do not fit unless they are single letters
NOTHING: Final = Folded("", "", "")


@dataclass(frozen=True, slots=True)
class Text:
    """One field, folded, and its words in their order; an absent field has none."""

    folded: Folded
    words: tuple[str, ...]

    def __bool__(self) -> bool:
        """Whether anything is to be read."""
        return bool(self.folded.plain)


@dataclass(frozen=True, slots=True)
class View:
    """What the features read. `page` is the fetched page's title and the text around its link."""

    kind: Kind
    title: Text
    excerpt: Text
    blog_name: Text
    page: Text
    address: Address
    evidence: PageEvidence | None


EMPTY: Final = Text(NOTHING, ())


def words_of(text: str) -> tuple[str, ...]:
    """The words of folded text, in order."""
    return tuple(_WORD.findall(text)[:_MAX_WORDS])


def read_text(raw: str | None, confusables: Mapping[str, str]) -> Text:
    """A field folded and split into words."""
    if not raw:
        return EMPTY
    folded = fold(raw, confusables)
    return Text(folded, words_of(folded.text))


def read(sample: Sample, confusables: Mapping[str, str]) -> View:
    """The sample as features see it; `confusables` is the table of `fold.unicode_confusables`."""
    evidence = sample.evidence
    page = EMPTY
    if evidence is not None and (evidence.title or evidence.excerpt):
        page = read_text(f"{evidence.title or ''} {evidence.excerpt or ''}", confusables)
    return View(
        kind=sample.kind,
        title=read_text(sample.title, confusables),
        excerpt=read_text(sample.excerpt, confusables),
        blog_name=read_text(sample.blog_name, confusables),
        page=page,
        address=split_address(sample.url),
        evidence=evidence,
    )

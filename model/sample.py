"""The nouns: one linkback as the model sees it, and what its page showed.

`None` means "not known" and is never the same as "no" or "empty".
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Final, Self

from model.errors import BadSample


class Kind(StrEnum):
    """How a text arrived."""

    TRACKBACK = "trackback"
    PINGBACK = "pingback"
    COMMENT = "comment"
    OTHER = "other"


class Label(StrEnum):
    """What a person said it is."""

    SPAM = "spam"
    HAM = "ham"


@dataclass(frozen=True, slots=True)
class PageEvidence:
    """What fetching the source showed, as far as it is known; numbers count things, `text_chars` characters."""

    fetched_url: str | None = None
    status: int | None = None
    redirects: int | None = None
    content_type: str | None = None
    title: str | None = None
    link_found: bool | None = None
    link_visible: bool | None = None
    link_rel: str | None = None
    link_text: str | None = None
    excerpt: str | None = None
    outbound_links: int | None = None
    text_chars: int | None = None
    language: str | None = None
    sender_matches_host: bool | None = None
    wordpress_would_accept: bool | None = None
    failure: str | None = None

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The evidence in a JSON object; unknown keys are left out. Raises BadSample naming a key of a wrong type."""
        return cls(**{name: _typed(data, name, want, "evidence.") for name, want in _EVIDENCE_TYPES.items()})

    def to_json(self) -> dict[str, Any]:
        """A JSON object of what is known."""
        return {name: getattr(self, name) for name in _EVIDENCE_TYPES if getattr(self, name) is not None}


_NUMBERS: Final = frozenset({"status", "redirects", "outbound_links", "text_chars"})
_FLAGS: Final = frozenset({"link_found", "link_visible", "sender_matches_host", "wordpress_would_accept"})
_EVIDENCE_TYPES: Final[dict[str, type]] = {
    field.name: int if field.name in _NUMBERS else bool if field.name in _FLAGS else str
    for field in fields(PageEvidence)
}
_TEXTS: Final = ("id", "title", "excerpt", "blog_name", "ip", "date")


@dataclass(frozen=True, slots=True)
class Sample:
    """One linkback or comment. `date` is as the source wrote it; `group` names its campaign, domain or post; `weight`
    (over 0, up to 1) is how much its label counts in learning."""

    url: str
    kind: Kind = Kind.OTHER
    id: str | None = None
    title: str | None = None
    excerpt: str | None = None
    blog_name: str | None = None
    ip: str | None = None
    date: str | None = None
    evidence: PageEvidence | None = None
    label: Label | None = None
    group: str | None = None
    weight: float = 1.0

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The sample in a JSON object; keys that are not ours are left out. Raises BadSample naming the field."""
        url = _typed(data, "url", str)
        if url is None:
            raise BadSample("url", "is missing")
        texts = {name: _typed(data, name, str) for name in _TEXTS}
        label = _typed(data, "label", str)
        evidence = data.get("evidence")
        if evidence is not None and not isinstance(evidence, Mapping):
            raise BadSample("evidence", f"must be an object, not {type(evidence).__name__}")
        return cls(
            url=url,
            kind=_kind(_typed(data, "kind", str)),
            label=None if label is None else _label(label),
            evidence=None if evidence is None else PageEvidence.from_json(evidence),
            group=_typed(data, "group", str),
            weight=_weight(data.get("weight")),
            **texts,
        )

    def to_json(self) -> dict[str, Any]:
        """A JSON object of what is known; `from_json` gives the same sample back."""
        data: dict[str, Any] = {"id": self.id, "kind": self.kind.value, "url": self.url}
        data |= {name: getattr(self, name) for name in ("title", "excerpt", "blog_name", "ip", "date", "group")}
        data["evidence"] = None if self.evidence is None else self.evidence.to_json()
        data["label"] = None if self.label is None else self.label.value
        data["weight"] = None if self.weight == 1 else self.weight
        return {key: value for key, value in data.items() if value is not None}


def _typed(data: Mapping[str, Any], name: str, want: type, prefix: str = "") -> Any:
    value = data.get(name)
    if value is None or type(value) is want:
        return value
    if want is str and name == "id" and type(value) is int:
        return str(value)  # many exports number their rows
    names = {str: "a text", int: "a whole number", bool: "true or false"}
    raise BadSample(prefix + name, f"must be {names[want]}, not {type(value).__name__}")


def _weight(value: object) -> float:
    if value is None:
        return 1.0
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
        raise BadSample("weight", f"{value!r} must be a number over 0 and up to 1")
    return float(value)


def _kind(value: str | None) -> Kind:
    if value is None:
        return Kind.OTHER
    try:
        return Kind(value)
    except ValueError:
        raise BadSample("kind", f"{value!r} is none of {', '.join(Kind)}") from None


def _label(value: str) -> Label:
    try:
        return Label(value)
    except ValueError:
        raise BadSample("label", f"{value!r} is neither spam nor ham") from None

"""Labelled samples as lines of JSON, and back without loss. Pure.

A line holds the columns of design §4 and whatever else it came with, and beside `label` who said it: `source`, `by`,
`at`, how much it counts (`weight`), the `site` and the `key`. Only `url` and `label` are needed to take a line in.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from proxy.errors import PingwardenError
from proxy.labels.merge import COMMENT, PERSON
from proxy.labels.sample import group_of, stamp
from proxy.labels.words import IMPORT, LabelledSample
from proxy.ping import Label

_WORD = ("label", "weight", "source", "by", "at", "site", "key")
_LONGEST = {"source": 16, "by": 64, "site": 64, "key": 128}


class BadLine(PingwardenError):
    """A line cannot be taken in; the message names the column, the value and what is allowed."""


def line(one: LabelledSample) -> str:
    """Return the line for *one*."""
    word = {
        "label": one.label.value,
        "weight": one.weight,
        "source": one.source,
        "by": one.by,
        "at": stamp(one.at),
        "site": one.site,
        "key": one.key,
    }
    known = {name: value for name, value in word.items() if value is not None}
    return json.dumps({**one.sample, **known}, ensure_ascii=False)


def read(data: Mapping[str, Any], now: datetime) -> LabelledSample | None:
    """Return what a line's object says, None when it has no label; said *now* if it has no time. Raises `BadLine`."""
    if data.get("label") is None:
        return None
    sample = {name: value for name, value in data.items() if name not in _WORD}
    key = _text(data, "key") or _own_key(sample, _text(data, "site"))
    source = _text(data, "source") or IMPORT
    return LabelledSample(
        sample=sample,
        label=_label(data["label"]),
        weight=_weight(data),
        source=source,
        by=_text(data, "by") or source,
        at=_time(data, now),
        group=group_of(sample, key),
        key=key,
        site=_text(data, "site"),
    )


def _own_key(sample: Mapping[str, Any], site: str | None) -> str:
    """The same line is the same thing, whatever was said of it."""
    whole = json.dumps([site, sample], sort_keys=True, ensure_ascii=False)
    return "import:" + sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()


def _text(data: Mapping[str, Any], name: str) -> str | None:
    value = data.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST[name]:
        raise BadLine(f"{name} = {value!r}: must be a text of 1 to {_LONGEST[name]} characters")
    return value


def _label(value: object) -> Label:
    try:
        return Label(str(value))
    except ValueError:
        raise BadLine(f"label = {value!r}: must be spam or ham") from None


def _weight(data: Mapping[str, Any]) -> float:
    value = data.get("weight")
    if value is None:
        return COMMENT if data.get("kind") == "comment" else PERSON
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
        raise BadLine(f"weight = {value!r}: must be a number over 0 and up to 1")
    return float(value)


def _time(data: Mapping[str, Any], now: datetime) -> datetime:
    value = data.get("at")
    if value is None:
        return now
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise BadLine(f'at = {value!r}: must be a time such as "2026-03-03T10:00:00Z"') from None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)

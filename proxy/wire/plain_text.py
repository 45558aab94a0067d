"""Text as WordPress stores it: without tags, white space folded, cut (wordpress-facts.md §6, newer §3)."""

import re
from typing import Final

_HIDING = re.compile(r"<(script|style)", re.IGNORECASE)
_HIDING_END = {name: re.compile(f"</{name}>", re.IGNORECASE) for name in ("script", "style")}
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufffe\uffff]")
_BLANKS = re.compile("[ \t\r\n\x0b\x0c]+")
_HALF_ENTITY = re.compile(r"&[^;\s]{0,6}\Z")
_IN_TAG = re.compile("[<>\"']")
_C_SPACE: Final = frozenset(" \t\n\v\f\r")
_HEX: Final = frozenset("0123456789abcdefABCDEF")
_PASSES: Final = 8


def plain_text(text: str) -> str:
    """Return *text* without tags, without the content of script and style, blanks folded and trimmed.

    What is taken away can leave a tag behind (`<<b>b>`), so this goes on until nothing changes; where that does
    not come to an end, every "<" goes.
    """
    text = _folded(_CONTROL.sub("", text))
    for _ in range(_PASSES):
        stripped = _folded(_strip_tags(_strip_hidden(text))) if "<" in text else text
        if stripped == text:
            return text
        text = stripped
    return _folded(text.replace("<", ""))


def _folded(text: str) -> str:
    return _BLANKS.sub(" ", text).strip(" ")


def _strip_hidden(text: str) -> str:
    """Take out each script and style with its content, if it ends; linear, however many begin and never end."""
    kept: list[str] = []
    at = 0
    endless: set[str] = set()
    while len(endless) < len(_HIDING_END) and (opened := _HIDING.search(text, at)):
        name = opened[1].lower()
        inside = 0 if name in endless else text.find(">", opened.end()) + 1
        closed = _HIDING_END[name].search(text, inside) if inside else None
        if closed is None:
            endless.add(name)  # where this one has no end, no later one has
        kept.append(text[at : opened.start() if closed else opened.end()])
        at = closed.end() if closed else opened.end()
    kept.append(text[at:])
    return "".join(kept)


def _strip_tags(text: str) -> str:
    """Take out what PHP's strip_tags takes for a tag: "<" and no blank behind it, up to its ">", or the end."""
    kept: list[str] = []
    at = 0
    while (opened := text.find("<", at)) >= 0:
        after = text[opened + 1 : opened + 2]
        if after in _C_SPACE:
            kept.append(text[at : opened + 1])
            at = opened + 1
            continue
        kept.append(text[at:opened])
        at = _tag_end(text, opened)
    kept.append(text[at:])
    return "".join(kept)


def _tag_end(text: str, opened: int) -> int:
    """Return where the tag that opens there ends; quoted stretches do not end it, inner tags end first."""
    if text.startswith("<!--", opened):
        end = text.find("-->", opened + 4)
        return len(text) if end < 0 else end + 3
    depth, quote = 0, ""
    for match in _IN_TAG.finditer(text, opened + 1):
        char = match[0]
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char == "<":
            depth += text[match.end() : match.end() + 1] not in _C_SPACE
        elif depth:
            depth -= 1
        else:
            return match.end()
    return len(text)


def excerpt(text: str, count: int) -> str:
    """Return `plain_text` of *text*, cut to *count* characters with "…" behind, no half entity before it."""
    text = plain_text(text)
    if len(text) <= count:
        return text
    return _HALF_ENTITY.sub("", text[:count]).strip() + "…"


def cut_bytes(text: str, count: int) -> str:
    """Return *text* cut to *count* bytes of UTF-8, at a whole character."""
    return text.encode("utf-8", "replace")[:count].decode("utf-8", "ignore")


def without_octets(text: str) -> str:
    """Return *text* without `%XX`, taken out until none is left (`%%2541` too), as WordPress's sanitiser does.

    Pingbacks' titles and names lose them on every version, a trackback's texts on 7.1 (newer §3), so that
    `vi%41agra` is published as `viagra`.
    """
    if "%" not in text:
        return text
    kept: list[str] = []
    for char in text:
        kept.append(char)
        if char in _HEX and len(kept) > 2 and kept[-2] in _HEX and kept[-3] == "%":
            del kept[-3:]
    found = len(kept) != len(text)
    left = "".join(kept)
    return re.sub(" +", " ", left).strip() if found else left

"""Plain text and Markdown: whatever is written is seen, so a bare address is a link."""

import re

from proxy.page.reading import Reading, clean

MAX_URLS = 20_000

_URL = re.compile(
    r"https?://[^\s<>\"`\u00ab\u00bb\u2018-\u201f\u3000-\u3003\u3008-\u3011\uff08\uff09]{1,2000}", re.IGNORECASE
)
_TITLE = re.compile(r"\s{0,1000}(?:#{1,6}\s{1,100})?([^\n]{1,500})")
_LABEL_CHARS = 200
_SENTENCE = frozenset(".,;:!?'*_~|…")
_PAIRS = {")": "(", "]": "[", "}": "{"}


def read_text(text: str, reading: Reading) -> None:
    """Read *text* into *reading*; addresses end where a reader would say that they end."""
    position = 0
    for number, match in enumerate(_URL.finditer(text)):
        if number >= MAX_URLS:
            reading.truncated = True
            break
        url = trimmed(match[0])
        if not reading.book.leads_to_target(url):
            continue
        start, end = match.start(), match.start() + len(url)
        label = _label_before(text, start)
        if label and start - label[0] <= start - position:
            _add_labelled(reading, text, position, label, end)
        else:
            reading.text(text[position:start])
            _add_link(reading, url)
        position = end
    reading.text(text[position:])


def title_of(text: str) -> str | None:
    """Return the first line, which stands for a title here."""
    found = _TITLE.match(text)
    return clean(found[1], 200) or None if found else None


def trimmed(url: str) -> str:
    """Cut off the punctuation that belongs to the sentence, and brackets that were opened before the address."""
    url = _before_closing(url)
    excess = {closing: url.count(closing) - url.count(opening) for closing, opening in _PAIRS.items()}
    end = len(url)
    while end and (url[end - 1] in _SENTENCE or excess.get(url[end - 1], 0) > 0):
        end -= 1
        if url[end] in excess:
            excess[url[end]] -= 1
    return url[:end]


def _before_closing(url: str) -> str:
    """Cut at the `)` that ends a Markdown link when more follows it, as in `[a](http://b),[c](d)`."""
    depth = 0
    for position, char in enumerate(url):
        if char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
            if depth < 0:
                return url[:position]
    return url


def _label_before(text: str, start: int) -> tuple[int, int] | None:
    """Find `[label](` just before *start*; return where the label begins and ends."""
    if text[max(0, start - 2) : start] != "](":
        return None
    opening = text.rfind("[", max(0, start - 2 - _LABEL_CHARS), start - 2)
    return (opening + 1, start - 2) if opening >= 0 else None


def _add_link(reading: Reading, words: str) -> None:
    link = reading.open_link()
    reading.text(words)
    if link:
        reading.close_link(link)


def _add_labelled(reading: Reading, text: str, position: int, label: tuple[int, int], end: int) -> None:
    reading.text(text[position : label[0]])
    words = text[label[0] : label[1]]
    _add_link(reading, words if words.strip() else text[label[1] + 2 : end])
    reading.text(text[label[1] : end])

"""WordPress's own look for the link, which is cruder than ours and hides why it failed.

Observed on 6.1 to 7.1 (facts §4 step 9, facts-newer §5), and `strip_tags` compared with PHP 8.2. It works on
bytes, knows no HTML, and differs from a browser both ways. Everything here is linear, unlike in WordPress, whose
expressions may give up on hostile pages; then we say yes where it says no.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

READ_BYTES = 153_600  # limit_response_size of WordPress's request: 150 KB

_BLANKS = re.compile(rb"[\r\n\t ]{2,}|[\r\n\t]")  # but for the single blank, which may stay as it is
# "p" also matches pre, param and picture, "li" link, "th" thead: WordPress cuts there too.
_PARAGRAPH = re.compile(rb"</*(?:h[1-6]|p|t[hd]|li|d[td]|caption|input|textarea|button|body)[^>]*>")
_TITLE = re.compile(rb"<title>([^<]*)</title>", re.IGNORECASE)
_UNREAD = re.compile(rb"<(script|style)", re.IGNORECASE)
_UNREAD_END = {
    b"script": re.compile(rb"</script>", re.IGNORECASE),
    b"style": re.compile(rb"</style>", re.IGNORECASE),
}


def wordpress_check(body: bytes, target_url: str) -> bool:
    """Return whether WordPress would find a title and its link to *target_url* in *body*.

    *target_url* is the literal text that the sender gave: other spellings of the same page do not count for
    WordPress, and neither does a raw `&` on the page.
    """
    page = _BLANKS.sub(b" ", body[:READ_BYTES].replace(b"<!DOC", b"<DOC"))
    page = _paragraphs_apart(page)
    title = _TITLE.search(page)
    if title is None or title[1] in {b"", b"0"}:  # PHP's idea of empty
        return False
    target = target_url.replace("&amp;", "&").replace("&", "&amp;").encode("utf-8", "replace")
    if not target or b">" in target:  # no ping's URL can hold a ">"
        return False
    if target not in page:
        return False
    kept = strip_tags_but_links(_without_scripts(page))
    return any(_links(paragraph, target) for paragraph in kept.split(b"\n\n"))


def _paragraphs_apart(page: bytes) -> bytes:
    # Behind the last ">" no tag can end; looking there again from each "<p" would take quadratic time.
    end = page.rfind(b">") + 1
    return _PARAGRAPH.sub(b"\n\n", page[:end]) + page[end:]


def _without_scripts(page: bytes) -> bytes:
    """Take out `<script…>…</script>` and the like for style; what is never closed stays."""
    kept: list[bytes] = []
    position = start = 0
    unclosed: set[bytes] = set()
    while opening := _UNREAD.search(page, start):
        start = opening.end()
        name = opening[1].lower()
        tag_end = page.find(b">", start)
        if tag_end < 0:
            break
        if name in unclosed:
            continue
        closing = _UNREAD_END[name].search(page, tag_end + 1)
        if closing is None:
            unclosed.add(name)  # nor will there be one for any that follows
            continue
        kept.append(page[position : opening.start()])
        position = start = closing.end()
    kept.append(page[position:])
    return b"".join(kept)


def _links(paragraph: bytes, target: bytes) -> bool:
    """Is there `<a`, something, the target, the tag's end, text without ">", and `</a>`?"""
    if target not in paragraph:
        return False
    pieces = paragraph.split(b">")
    for tag, text in pairwise(pieces[:-1]):
        name = tag.find(b"<a")
        if 0 <= name <= tag.rfind(target) - 3 and text.endswith(b"</a") and len(text) > 3:
            return True
    return False


def strip_tags_but_links(page: bytes) -> bytes:
    """Return what PHP 8's `strip_tags($page, '<a>')` leaves."""
    return _TagStripper(page).run()


class _TagStripper:
    """PHP's state machine: text, tag, `<?…?>`, `<!…>` and comment, each a method that sees the bytes that matter."""

    def __init__(self, page: bytes) -> None:
        self.page = page
        self.out = bytearray()
        self.tag = bytearray()
        self.quote = 0
        self.depth = 0
        self.brackets = 0
        self.last = 0  # the last quote or bracket that mattered in <? ?>
        self.is_xml = False
        self.state = _TEXT

    def run(self) -> bytes:
        position, end = 0, len(self.page)
        while position < end:
            found = self.state.matters.search(self.page, position)
            at = found.start() if found else end
            if self.state is _TEXT:
                self.out += self.page[position:at]
            elif self.state is _TAG:
                self.tag += self.page[position:at]
            if found:
                self.state.see(self, at, self.page[at])
            position = at + 1
        return bytes(self.out)

    def _before(self, position: int, text: bytes) -> bool:
        return self.page[max(0, position - len(text)) : position].lower() == text

    def _space_after(self, position: int) -> bool:
        return self.page[position + 1 : position + 2] in _C_SPACES

    def _toggle_quote(self, position: int, byte: int) -> None:
        if position and self.quote in {0, byte}:
            self.quote = 0 if self.quote else byte

    def _to_text(self) -> None:
        self.quote = 0
        self.tag.clear()
        self.state = _TEXT

    def _text(self, position: int, byte: int) -> None:
        if byte == _LT and not self._space_after(position):
            self.tag += b"<"
            self.state = _TAG
        elif byte == _GT and self.depth:
            self.depth -= 1
        elif byte:
            self.out.append(byte)

    def _in_tag(self, position: int, byte: int) -> None:
        if byte == _LT and (self.quote or not self._space_after(position)):
            self.depth += not self.quote
        elif byte == _GT:
            self._tag_may_end(position)
        elif byte == _BANG and self._before(position, b"<"):
            self.state = _DECLARATION
        elif byte == _QUESTION and self._before(position, b"<"):
            self.brackets = 0
            self.state = _INSTRUCTION
        elif byte:
            if byte in _QUOTES:
                self._toggle_quote(position, byte)
            self.tag.append(byte)

    def _tag_may_end(self, position: int) -> None:
        if self.depth:
            self.depth -= 1
        elif not self.quote and not (self.is_xml and self._before(position, b"-")):
            self.tag += b">"
            if _tag_name(self.tag) == b"<a>":
                self.out += self.tag
            self.is_xml = False
            self._to_text()

    def _instruction(self, position: int, byte: int) -> None:
        if byte in _BRACKETS and self.last not in _QUOTES:
            self.last = byte
            self.brackets += _BRACKETS[byte]
        elif byte == _GT:
            self._end_if(not self.brackets and self.last != _DOUBLE and self._before(position, b"?"))
        elif byte in _QUOTES and not self._before(position, b"\\"):
            self.last = 0 if self.last == byte else byte
            self._toggle_quote(position, byte)
        elif byte in b"lL" and position > 4 and self._before(position, b"<?xm"):  # PHP misses it at the start
            self.is_xml = True
            self.state = _TAG

    def _declaration(self, position: int, byte: int) -> None:
        if byte == _GT:
            self._end_if(True)
        elif byte in _QUOTES and not self._before(position, b"\\"):
            self._toggle_quote(position, byte)
        elif byte == _HYPHEN and self._before(position, b"!-"):
            self.state = _COMMENT
        elif byte in b"eE" and self._before(position, b"doctyp"):
            self.state = _TAG

    def _comment(self, position: int, byte: int) -> None:
        if byte == _GT and not self.quote and self._before(position, b"--"):
            self._to_text()

    def _end_if(self, ends: bool) -> None:
        if self.depth:
            self.depth -= 1
        elif not self.quote and ends:
            self._to_text()


@dataclass(frozen=True, slots=True)
class _State:
    see: Callable[[_TagStripper, int, int], None]
    matters: re.Pattern[bytes]  # any other byte is text, or part of the tag, or nothing


_TEXT = _State(_TagStripper._text, re.compile(rb"[<>\0]"))
_TAG = _State(_TagStripper._in_tag, re.compile(rb"[<>!?\"'\0]"))
_INSTRUCTION = _State(_TagStripper._instruction, re.compile(rb"[()>\"'lL]"))
_DECLARATION = _State(_TagStripper._declaration, re.compile(rb"[>\"'\-eE]"))
_COMMENT = _State(_TagStripper._comment, re.compile(rb">"))

_LT, _GT, _BANG, _QUESTION, _HYPHEN, _DOUBLE = b'<>!?-"'
_QUOTES = frozenset(b"\"'")
_BRACKETS = {ord("("): 1, ord(")"): -1}
_C_SPACES = frozenset(bytes([space]) for space in b" \t\n\v\f\r")


def _tag_name(tag: bytearray) -> bytes:
    """Return *tag* as PHP compares it with the tags to keep: `<a href="x">`, `< A>` and `</a>` are all `<a>`."""
    name = bytearray(b"<")
    started = False
    text = bytes(tag).lower()
    for position in range(1, len(text)):
        char = text[position : position + 1]
        if char == b">":
            break
        if char in _C_SPACES:
            if started:
                break
            continue
        started = True
        if char != b"/" or (text[position - 1] != _LT and text[position + 1 : position + 2] != b">"):
            name += char
    return bytes(name) + b">"

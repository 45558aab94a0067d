"""The second reader: XML-RPC as its specification writes it, by libxml2 and by none of the first reader's code.

http://xmlrpc.com/spec.md: a `methodCall` with one `methodName`, then perhaps `params`, whose `param`s hold a `value`
each. It follows the declared encoding and knows no doctype. Values that nobody has to judge may be of any shape.
"""

import re
from dataclasses import dataclass

from lxml import etree

from proxy.errors import FaultCode, MalformedPing
from proxy.wire.body import SMALL, Body, piece, pieces

_BLANKS = " \t\r\n"
_TEXT_KEPT = 1 << 16
# Blanks before the declaration are no XML, but some senders have them and they change nothing.
_PROLOG = re.compile(rb"[ \t\r\n]*(<\?xml[ \t\r\n][^<>]{0,300}\?>)?[ \t\r\n]*<methodCall[ \t\r\n>]")
_RESERVED = ("methodCall", "methodName", "methodResponse", "fault")


@dataclass(frozen=True, slots=True)
class StrictCall:
    """A call: its method, and its root for those who must look at its values."""

    method: str
    root: etree._Element


def read_strictly(body: Body) -> StrictCall:
    """Return the one call that *body* is by the specification. Raises `MalformedPing` (-32700) if it is none."""
    start = _check_prolog(body)
    root = _small_tree(piece(body, start, len(body))) if len(body) <= SMALL else _large_tree(body, start)
    if root.tag != "methodCall" or root.getroottree().docinfo.internalDTD is not None:
        raise _ambiguous()
    if sum(1 for _ in root.iter(*_RESERVED)) != 2:
        raise _ambiguous()
    parts = _children(root, "methodName", "params")
    if not parts or parts[0].tag != "methodName" or len(parts) > 2 or len(parts[0]):
        raise _ambiguous()
    if len(parts) == 2:
        if parts[1].tag != "params":
            raise _ambiguous()
        for param in _children(parts[1], "param"):
            _children(param, "value")
    return StrictCall((parts[0].text or "").strip(_BLANKS), root)


def ping_arguments(call: StrictCall) -> tuple[str, str] | None:
    """Return the first two parameters, trimmed, if both are plain texts."""
    params = call.root.find("params")
    return None if params is None else _two_texts([_only(param, "value") for param in params])


def multicall_members(call: StrictCall) -> list[tuple[str | None, tuple[str, str] | None]]:
    """Return each member's method, and its first two parameters if both are plain texts.

    A method that is missing or no text is None. Raises `MalformedPing` (-32700) unless the call's one parameter
    is one array.
    """
    params = call.root.find("params")
    if params is None or not len(params):
        return []
    if len(params) != 1:
        raise _ambiguous()
    elements = _array(_only(params[0], "value"))
    if elements is None:
        raise _ambiguous()
    return [_member(value) for value in elements]


def _ambiguous() -> MalformedPing:
    return MalformedPing(FaultCode.PARSE_ERROR, "The call can be read in two ways.")


def _check_prolog(body: Body) -> int:
    """Return where the document starts. Doctypes, and declarations in odd places, never get to the parser."""
    head = piece(body, 0, min(len(body), 1024))
    match = _PROLOG.match(head)
    if not match or b"<?xml" in head[match.end() : 100]:  # WordPress cuts declarations out of 100 bytes
        raise _ambiguous()
    return len(head) - len(head.lstrip(b" \t\r\n"))


def _small_tree(document: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(document, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError):
        raise _ambiguous() from None


def _large_tree(body: Body, start: int) -> etree._Element:
    """Build the same tree from pieces, with long texts cut: nothing that is judged is that long."""
    parser = etree.XMLParser(
        target=_Clipper(),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=True,
    )
    try:
        for part in pieces(body, start):
            parser.feed(part)
        root: etree._Element = parser.close()
    except (etree.XMLSyntaxError, ValueError, LookupError, AssertionError):
        raise _ambiguous() from None
    return root


class _Clipper:
    """A parser's target that builds a tree with at most 64 Ki characters of the text between two tags."""

    def __init__(self) -> None:
        self._builder = etree.TreeBuilder()
        self._left = _TEXT_KEPT

    def start(self, tag: str | bytes, _attributes: dict[str | bytes, str | bytes]) -> None:
        """A tag opens; its attributes say nothing in XML-RPC."""
        self._left = _TEXT_KEPT
        self._builder.start(tag, {})

    def end(self, tag: str | bytes) -> None:
        """A tag closes."""
        self._left = _TEXT_KEPT
        self._builder.end(tag)

    def data(self, data: str | bytes) -> None:
        """Some text."""
        if self._left > 0:
            self._builder.data(data[: self._left])
            self._left -= len(data)

    def comment(self, text: str | bytes) -> None:
        """A comment leaves no trace."""

    def close(self) -> etree._Element:
        """The document ends; return its root."""
        return self._builder.close()


def _blank(text: str | None) -> bool:
    return not text or not text.strip(_BLANKS)


def _children(element: etree._Element, *tags: str) -> list[etree._Element]:
    """Return the children, which must be among *tags* with nothing but blanks around them."""
    children = list(element)
    if not _blank(element.text):
        raise _ambiguous()
    for child in children:
        if child.tag not in tags or not _blank(child.tail):
            raise _ambiguous()
    return children


def _only(element: etree._Element | None, tag: str) -> etree._Element | None:
    """Return the one child, if there is just one, of that name, and no text beside it."""
    if element is None or len(element) != 1 or element[0].tag != tag:
        return None
    return element[0] if _blank(element.text) and _blank(element[0].tail) else None


def _plain_text(value: etree._Element | None) -> str | None:
    if value is None:
        return None
    holder = value if not len(value) else _only(value, "string")
    if holder is None or len(holder):
        return None
    return (holder.text or "").strip(_BLANKS)


def _two_texts(values: list[etree._Element | None]) -> tuple[str, str] | None:
    if len(values) < 2:
        return None
    first, second = _plain_text(values[0]), _plain_text(values[1])
    return None if first is None or second is None else (first, second)


def _array(value: etree._Element | None) -> list[etree._Element] | None:
    data = _only(_only(value, "array"), "data")
    if data is None or not _blank(data.text):
        return None
    elements = list(data)
    if any(child.tag != "value" or not _blank(child.tail) for child in elements):
        return None
    return elements


def _member(value: etree._Element) -> tuple[str | None, tuple[str, str] | None]:
    struct = _only(value, "struct")
    if struct is None:
        return None, None
    fields: dict[str, etree._Element] = {}
    for member in _children(struct, "member"):
        pair = _children(member, "name", "value")
        if [part.tag for part in pair] not in (["name", "value"], ["value", "name"]):
            raise _ambiguous()
        pair.sort(key=lambda part: str(part.tag))
        name = (pair[0].text or "").strip(_BLANKS)
        if len(pair[0]) or name in fields:
            raise _ambiguous()
        fields[name] = pair[1]
    method = _plain_text(fields.get("methodName"))
    arguments = _array(fields.get("params"))
    return method, None if arguments is None else _two_texts(list(arguments))

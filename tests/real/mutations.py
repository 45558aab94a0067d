"""Seeded mutations of XML-RPC calls and of trackback forms: what a clever stranger would send."""

import base64
import re
from collections.abc import Callable, Iterator, Sequence
from random import Random

SOURCE, TARGET = "http://source.example/post", "http://nowhere.example/t"


def _string(text: str) -> str:
    return f"<value><string>{text}</string></value>"


def _array(*values: str) -> str:
    return f"<value><array><data>{''.join(values)}</data></array></value>"


def _struct(**members: str) -> str:
    inner = "".join(f"<member><name>{name}</name>{value}</member>" for name, value in members.items())
    return f"<value><struct>{inner}</struct></value>"


def _params(*values: str) -> str:
    return "<params>" + "".join(f"<param>{value}</param>" for value in values) + "</params>"


def _call(method: str, params: str) -> str:
    return f"<methodCall><methodName>{method}</methodName>{params}</methodCall>"


def _member(method: str, *arguments: str) -> str:
    return _struct(methodName=_string(method), params=_array(*arguments))


_PAIR = (_string(SOURCE), _string(TARGET))
_ENCODED = base64.b64encode(b"pingback.ping").decode()
_PING = _call("pingback.ping", _params(*_PAIR))
_HELLO = _call("demo.sayHello", _params())
_PINGED, _GREETED = _member("pingback.ping", *_PAIR), _member("demo.sayHello")
_HIDDEN_NAME = f"<value><struct><member><name>methodName</name><value><base64>{_ENCODED}</base64></value></member>"
_HIDDEN_MEMBER = f"{_HIDDEN_NAME}<member><name>params</name>{_array(*_PAIR)}</member></struct></value>"

CALLS: Sequence[str] = (
    _PING,
    _HELLO,
    '<?xml version="1.0" encoding="UTF-8"?>\n' + _PING,
    _call("pingback.ping", _params(_array(*_PAIR))),
    _call("pingback.ping", _params(_struct(**{"0": _PAIR[0], "1": _PAIR[1]}))),
    _call("pingback.ping", _params(f"<value>{SOURCE}</value>", f"<value>{TARGET}</value>")),
    _call("system.multicall", _params(_array(_PINGED, _GREETED, _PINGED))),
    _call("system.multicall", _params(_array(_GREETED, _GREETED))),
    _call("system.multicall", _params(_PINGED, _GREETED)),
    _call("system.multicall", _params(_struct(a=_PINGED, b=_GREETED))),
    _call("system.multicall", _params(_array(_HIDDEN_MEMBER, _GREETED))),
    _call("wp.getComments", _params("<value><int>1</int></value>", _string("admin"), _struct(status=_string("spam")))),
    _HELLO.replace("demo.sayHello", "demo.sayHello</methodName><methodName>pingback.ping").replace(
        "<params></params>", _params(*_PAIR)
    ),
    # Documents that a standard parser and WordPress read in two ways (it cuts declaration and doctype by pattern).
    f"<!DOCTYPE methodCall [<!ENTITY x '>{_PING}'>]>{_HELLO}",
    f"<!DOCTYPE methodCall SYSTEM '>{_PING}<!--'>{_HELLO}-->",
    f"<!-- <?xml ?> -->{_HELLO}",
    f"<?xml version='1.0'?><!DOCTYPE methodCall [<!ENTITY p 'pingback.ping'>]>{_PING.replace('pingback.ping', '&p;')}",
)

_TAGS = [
    "methodCall",
    "methodResponse",
    "fault",
    "methodName",
    "params",
    "param",
    "value",
    "string",
    "int",
    "i4",
    "double",
    "boolean",
    "dateTime.iso8601",
    "base64",
    "array",
    "data",
    "struct",
    "member",
    "name",
    "nil",
    "i8",
    "x:methodName",
    "METHODNAME",
]

_FRAGMENTS = (
    "<?xml version='1.0'?>|<?xml|?>|<!DOCTYPE methodCall>|<!DOCTYPE x [|]>|<!ENTITY p 'pingback.ping'>|&p;|&amp;|&lt;|&#112;"
    "|&#x70;|<![CDATA[|]]>|<![CDATA[ping]]>|<!--|-->|<!-- x -->|<?pi x?>|<b/>|<b>|</b>|\0|\x0b|\x0c|\r|\r\n|\t| |\ufeff|\u00e9|\u2028"
    "|<nil/>|<value/>|<data/>|<struct/>|<array/>|</data>|</struct>|<data>|<struct>|<name>0</name>|<name>params</name>"
    "|<name>methodName</name>|<methodName>pingback.ping</methodName>|<methodName>demo.sayHello</methodName>|<methodName/>"
    "|<fault>|<fault/>|<methodResponse/>|<methodCall>|<a b='c'/>|xmlns='u'|xmlns:x='u'|encoding='UTF-16'|pingback.ping"
    f"|system.multicall|{_ENCODED}|<value>pingback.ping</value>|{_PAIR[0]}|{_array(*_PAIR)}|{_PINGED}|{_GREETED}"
    f"|{_PING}|{_HELLO}|<base64>{_ENCODED}</base64>|<boolean>1</boolean>|<int>0</int>|\u0130|\ud7ff|&#0;|&#xD800;|<€/>"
).split("|")

_TOKEN = re.compile(r"<[^>]*>|[^<]+|<")

Tokens = list[str]
Change = Callable[[Random, Tokens], None]


def _spot(rng: Random, tokens: Tokens) -> int:
    return rng.randrange(len(tokens)) if tokens else 0


def _insert(rng: Random, tokens: Tokens) -> None:
    tokens.insert(_spot(rng, tokens), rng.choice(_FRAGMENTS))


def _insert_inside(rng: Random, tokens: Tokens) -> None:
    if tokens:
        at = _spot(rng, tokens)
        cut = rng.randint(0, len(tokens[at]))
        tokens[at] = tokens[at][:cut] + rng.choice(_FRAGMENTS) + tokens[at][cut:]


def _drop(rng: Random, tokens: Tokens) -> None:
    del tokens[_spot(rng, tokens) : _spot(rng, tokens) + 1]


def _repeat(rng: Random, tokens: Tokens) -> None:
    start = _spot(rng, tokens)
    tokens[start:start] = tokens[start : start + rng.randint(1, 8)]


def _swap(rng: Random, tokens: Tokens) -> None:
    if tokens:
        a, b = _spot(rng, tokens), _spot(rng, tokens)
        tokens[a], tokens[b] = tokens[b], tokens[a]


def _rename(rng: Random, tokens: Tokens) -> None:
    """Both tags of an element, or one, get another name."""
    names = [token.strip("<>/") for token in tokens if token.startswith("<")]
    old, new = rng.choice(names or ["x"]), rng.choice(_TAGS)
    both = rng.random() < 0.7
    for at, token in enumerate(tokens):
        if token in {f"<{old}>", f"</{old}>"} and (both or rng.random() < 0.3):
            tokens[at] = token.replace(old, new)


def _disguise(rng: Random, tokens: Tokens) -> None:
    """A text is written in another way that XML says is the same, or nearly."""
    texts = [at for at, token in enumerate(tokens) if not token.startswith("<")]
    if not texts:
        return
    at = rng.choice(texts)
    text = tokens[at]
    cut = rng.randint(0, len(text))
    disguises = (
        f"<![CDATA[{text}]]>",
        "".join(f"&#{ord(letter)};" for letter in text),
        f"{text[:cut]}<!-- c -->{text[cut:]}",
        f"{text[:cut]}<?p i?>{text[cut:]}",
        f"{text[:cut]}<![CDATA[{text[cut:]}]]>",
        f" \r\n{text}\t",
        text.swapcase(),
        base64.b64encode(text.encode("utf-8", "surrogateescape")).decode(),
        text[:cut] + "<b/>" + text[cut:],
    )
    tokens[at] = rng.choice(disguises)


def _decorate(rng: Random, tokens: Tokens) -> None:
    """A tag gets blanks, an attribute or a namespace."""
    tags = [at for at, token in enumerate(tokens) if token.startswith("<") and token.endswith(">")]
    if tags:
        at = rng.choice(tags)
        extra = rng.choice([" ", "\n", "\t", " a='1'", " a='>'", " xmlns='u'", " xmlns:x='u'", "/", " a='1' a='2'"])
        tokens[at] = tokens[at][:-1] + extra + ">"


def _head(rng: Random, tokens: Tokens) -> None:
    """Something in front, padded to where WordPress's patterns end: 100 and 200 bytes."""
    pad = " " * rng.choice([0, 1, 60, 85, 95, 100, 170, 190, 200])
    heads = (
        f"<?xml version='1.0'{pad}?>",
        f"<?xml {pad}?><?xml ?>",
        f"{pad}<?xml version='1.0'?>",
        f"<!DOCTYPE methodCall{pad}>",
        f"<!doctype x '>'{pad}>",
        f"<!DOCTYPE x [<!--{pad}>{rng.choice([_PING, _HELLO])}-->]>",
        f"<!--<?xml{pad}-->",
        "\ufeff",
        "\0\x0b",
        f"{pad}<?xml ?>{pad}<!DOCTYPE x>{pad}",
    )
    tokens.insert(0, rng.choice(heads))


def _tail(rng: Random, tokens: Tokens) -> None:
    tokens.append(rng.choice(["\0", " ", "\x0b", "-->", "]]>", "x", "<!-- -->", "<?p?>", _PING, _HELLO, "&", "<"]))


def _cut_off(rng: Random, tokens: Tokens) -> None:
    if rng.random() < 0.3:
        del tokens[_spot(rng, tokens) :]


def _splice(rng: Random, tokens: Tokens) -> None:
    """The end of another call takes the place of this one's."""
    other = _TOKEN.findall(rng.choice(CALLS))
    at = _spot(rng, tokens)
    tokens[at:] = other[min(at, len(other)) :]


_CHANGES: Sequence[Change] = (
    *[_insert] * 4,
    *[_insert_inside] * 2,
    *[_disguise] * 4,
    *[_decorate] * 3,
    *[_rename] * 3,
    *[_head] * 3,
    _drop,
    _repeat,
    _swap,
    _tail,
    _cut_off,
    _splice,
)


def _noise(rng: Random, body: bytes) -> bytes:
    """Bytes that are no text."""
    at = rng.randint(0, len(body))
    return body[:at] + bytes([rng.choice([0, 1, 0x80, 0xC0, 0xC3, 0xED, 0xFE, 0xFF])]) + body[at + rng.randint(0, 1) :]


def calls(seed: int, count: int, more: Sequence[bytes] = ()) -> Iterator[bytes]:
    """`count` mutated calls, always the same for a seed; `more`: other calls to start from."""
    rng = Random(seed)
    others = [body.decode("utf-8", "surrogateescape") for body in more]
    for _ in range(count):
        # The observed cases are many, and most are odd already: half of the time a plain one is the start.
        tokens = _TOKEN.findall(rng.choice(others if others and rng.random() < 0.5 else CALLS))
        for _ in range(min(6, 1 + int(rng.expovariate(0.8)))):
            rng.choice(_CHANGES)(rng, tokens)
        body = "".join(tokens).encode("utf-8", "surrogateescape")
        yield _noise(rng, body) if rng.random() < 0.03 else body

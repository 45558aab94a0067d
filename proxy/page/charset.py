"""From bytes to text, as a browser would: BOM, then HTTP, then the page's own word, then a guess.

Never through `codecs.lookup`: Python keeps every label that it was ever asked for, and labels come from strangers.
"""

import codecs
import re

_WINDOW = 8192  # browsers look at 1024 bytes at least (HTML §13.2.3.2); pages with a long head need more

_PIECE = 65_536

# The Encoding Standard's labels without their hyphens, underscores, colons and blanks. Where the standard reads
# an encoding as its larger brother (ASCII and Latin-1 as windows-1252, GB2312 as GB18030), so do we.
_LABELS_OF = {
    "utf-8": "utf8 unicode11utf8 unicode20utf8 xunicode20utf8",
    "utf-16-le": "utf16 utf16le csunicode iso10646ucs2 ucs2 unicode unicodefeff",
    "utf-16-be": "utf16be unicodefffe",
    "cp866": "866 cp866 csibm866 ibm866",
    "iso8859-2": "csisolatin2 iso88592 isoir101 iso885921987 l2 latin2",
    "iso8859-3": "csisolatin3 iso88593 isoir109 iso885931988 l3 latin3",
    "iso8859-4": "csisolatin4 iso88594 isoir110 iso885941988 l4 latin4",
    "iso8859-5": "csisolatincyrillic cyrillic iso88595 isoir144 iso885951988",
    "iso8859-6": "arabic asmo708 csiso88596e csiso88596i csisolatinarabic ecma114 iso88596 iso88596e iso88596i "
    "isoir127 iso885961987",
    "iso8859-7": "csisolatingreek ecma118 elot928 greek greek8 iso88597 isoir126 iso885971987 suneugreek",
    "iso8859-8": "csiso88598e csisolatinhebrew hebrew iso88598 iso88598e isoir138 iso885981988 visual csiso88598i "
    "iso88598i logical",
    "iso8859-10": "csisolatin6 iso885910 isoir157 l6 latin6",
    "iso8859-13": "iso885913",
    "iso8859-14": "iso885914",
    "iso8859-15": "csisolatin9 iso885915 l9 latin9",
    "iso8859-16": "iso885916",
    "koi8-r": "cskoi8r koi koi8 koi8r",
    "koi8-u": "koi8ru koi8u",
    "mac-roman": "csmacintosh mac macintosh xmacroman",
    "mac-cyrillic": "xmaccyrillic xmacukrainian",
    "cp874": "dos874 iso885911 tis620 windows874",
    "cp1250": "cp1250 windows1250 xcp1250",
    "cp1251": "cp1251 windows1251 xcp1251",
    "cp1252": "ansix3.41968 ascii cp1252 cp819 csisolatin1 ibm819 iso88591 isoir100 iso885911987 l1 latin1 usascii "
    "windows1252 xcp1252 xuserdefined",
    "cp1253": "cp1253 windows1253 xcp1253",
    "cp1254": "cp1254 csisolatin5 iso88599 isoir148 iso885991989 l5 latin5 windows1254 xcp1254",
    "cp1255": "cp1255 windows1255 xcp1255",
    "cp1256": "cp1256 windows1256 xcp1256",
    "cp1257": "cp1257 windows1257 xcp1257",
    "cp1258": "cp1258 windows1258 xcp1258",
    "gb18030": "chinese csgb2312 csiso58gb231280 gb2312 gb231280 gbk isoir58 xgbk gb18030",
    "big5hkscs": "big5 big5hkscs cnbig5 csbig5 xxbig5",
    "euc_jp": "cseucpkdfmtjapanese eucjp xeucjp",
    "iso2022_jp": "csiso2022jp iso2022jp",
    "cp932": "csshiftjis ms932 mskanji shiftjis sjis windows31j xsjis",
    "cp949": "cseuckr csksc56011987 euckr isoir149 korean ksc56011987 ksc56011989 ksc5601 windows949",
}
_CODECS = {label: codec for codec, labels in _LABELS_OF.items() for label in labels.split()}
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_UNSPOKEN_UTF16 = ((b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"))

_HEADER = re.compile(r"charset\s*=\s*[\"']?([^\s\"';,]{1,40})", re.IGNORECASE)
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_META = re.compile(rb"<meta[\s/][^>]*?charset\s*=\s*[\"']?\s*([^\s\"'/>;]{1,40})", re.IGNORECASE)
_XML = re.compile(rb"\s*<\?xml\s[^>]*?encoding\s*=\s*[\"']([^\s\"'>]{1,40})", re.IGNORECASE)


def decode(body: bytes, content_type: str) -> str:
    """Return *body* as text; no bytes are refused, unreadable ones become U+FFFD.

    The order is that of HTML §13.2.3: BOM, Content-Type, `<meta>` or XML declaration. With none of them it is
    UTF-8 if it can be, else windows-1252.
    """
    for bom, codec in _BOMS:
        if body.startswith(bom):
            return _decoded(body[len(bom) :], codec)
    codec_or_none = _from_header(content_type) or _unspoken_utf16(body) or _from_body(body)
    return _decoded(body, codec_or_none) if codec_or_none else _guessed(body)


def codec_named(label: str) -> str | None:
    """Return Python's name of the encoding that browsers mean by *label*, or None."""
    return _CODECS.get(re.sub(r"[-_: ]", "", label.strip().lower()))


def _from_header(content_type: str) -> str | None:
    found = _HEADER.search(content_type[:1000])
    return codec_named(found[1]) if found else None


def _unspoken_utf16(body: bytes) -> str | None:
    return next((codec for start, codec in _UNSPOKEN_UTF16 if body.startswith(start)), None)


def _from_body(body: bytes) -> str | None:
    window = _COMMENT.sub(b"", body[:_WINDOW])
    found = _XML.match(window) or _META.search(window)
    codec = codec_named(found[1].decode("ascii", "replace")) if found else None
    # We just read this word as ASCII, so it is not UTF-16 whatever it says (HTML §13.2.3.2).
    return "utf-8" if codec and codec.startswith("utf-16") else codec


def _guessed(body: bytes) -> str:
    try:
        # not final: a body that was cut inside a character is still UTF-8
        return codecs.getincrementaldecoder("utf-8")("strict").decode(body, final=False)
    except UnicodeDecodeError:
        return _decoded(body, "cp1252")


def _decoded(body: bytes, codec: str) -> str:
    # In pieces, so that other threads get their turn: a mebibyte of broken GB18030 takes 0.3 s.
    decoder = codecs.getincrementaldecoder(codec)("replace")
    pieces = [decoder.decode(body[start : start + _PIECE]) for start in range(0, len(body), _PIECE)]
    return "".join([*pieces, decoder.decode(b"", final=True)])

"""From bytes to text: what names the encoding, and what happens when nothing or nonsense does."""

import pytest

from proxy.page.charset import codec_named, decode

WORD = "Grüße, мир"


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        pytest.param(b"\xef\xbb\xbf\xc3\xbc", "text/html; charset=iso-8859-1", "ü", id="a BOM wins over HTTP"),
        pytest.param("ü".encode("utf-16"), "text/html", "ü", id="UTF-16 by its BOM"),
        pytest.param(b"\xfe\xff\x00\xfc", "text/html", "ü", id="UTF-16 big-endian by its BOM"),
        pytest.param("<p>ü".encode("utf-16-le"), "", "<p>ü", id="UTF-16 that nobody named"),
        pytest.param("<p>ü".encode("utf-16-be"), "", "<p>ü", id="UTF-16 big-endian that nobody named"),
        pytest.param(b"\xfc", "text/html; charset=ISO-8859-1", "ü", id="HTTP says Latin-1"),
        pytest.param(b"\x93\xfc", 'text/html;charset="latin1"', "“ü", id="Latin-1 means windows-1252"),
        pytest.param(b"\xfc", "text/html; Charset = 'windows-1252' ; x=y", "ü", id="blanks, quotes, capitals"),
        pytest.param(b"\xec\xe8\xf0", "text/html; charset=windows-1251", "мир", id="Cyrillic"),
        pytest.param("こ".encode("shift_jis"), "text/html; charset=x-sjis", "こ", id="a browser's name of Shift_JIS"),
        pytest.param("汉".encode("gb18030"), "text/html; charset=gb2312", "汉", id="GB2312 means GB18030"),
        pytest.param(b"<meta charset=koi8-r>\xcd\xc9\xd2", "text/html", "<meta charset=koi8-r>мир", id="meta charset"),
        pytest.param(
            b'<META content="text/html; charset=windows-1251" http-equiv=content-type>\xec',
            "text/html",
            '<META content="text/html; charset=windows-1251" http-equiv=content-type>м',
            id="meta http-equiv",
        ),
        pytest.param(
            b"<meta charset=utf-16>\xc3\xbc", "text/html", "<meta charset=utf-16>ü", id="meta cannot say UTF-16"
        ),
        pytest.param(
            b"<!-- <meta charset=koi8-r> -->\xc3\xbc",
            "text/html",
            "<!-- <meta charset=koi8-r> -->ü",
            id="meta in comment",
        ),
        pytest.param(
            b"<?xml version='1.0' encoding='iso-8859-1'?><p>\xfc",
            "application/xhtml+xml",
            "<?xml version='1.0' encoding='iso-8859-1'?><p>ü",
            id="XML declaration",
        ),
        pytest.param(
            b"<meta charset=koi8-r>\xfc", "text/html; charset=latin1", "<meta charset=koi8-r>ü", id="HTTP first"
        ),
        pytest.param(b"\xc3\xbc", "text/html; charset=nonsense", "ü", id="an unknown label is passed over"),
        pytest.param(b"\xc3\xbc", "text/html", "ü", id="UTF-8 by trial"),
        pytest.param(b"\xc3\xbc\xc3", "text/html", "ü", id="UTF-8 that was cut inside a character"),
        pytest.param(b"\xfc \xc3\xbc", "text/html", "ü ü".replace(" ü", " Ã¼"), id="else windows-1252"),
        pytest.param(b"a\xffb", "text/html; charset=utf-8", "a\ufffdb", id="what cannot be read is replaced"),
        pytest.param(b"a\x81b", "text/html; charset=windows-1252", "a\ufffdb", id="a hole in windows-1252"),
        pytest.param(b"", "", "", id="nothing"),
    ],
)
def test_decode(body, content_type, text):
    assert decode(body, content_type) == text


@pytest.mark.parametrize(
    "label",
    ["utf-7", "base64", "hex", "rot13", "zlib", "idna", "unicode_escape", "mbcs", "hz-gb-2312", "utf-32", "", "x" * 99],
)
def test_labels_that_browsers_do_not_know(label):
    assert codec_named(label) is None


@pytest.mark.parametrize(
    "codec", ["utf-8", "cp1252", "cp1251", "iso8859-2", "gb18030", "cp932", "cp949", "big5hkscs", "euc_jp"]
)
def test_the_link_is_found_in_any_encoding(read, codec):
    page = "<p>{} <a href='https://blog.example/2024/post/'>post</a>"
    words = {
        "cp1251": "мир",
        "iso8859-2": "łódź",
        "gb18030": "汉",
        "cp932": "こ",
        "cp949": "한",
        "big5hkscs": "漢",
        "euc_jp": "こ",
    }
    word = words.get(codec, "ü")
    facts = read(
        page.format(word).encode(codec),
        f"text/html; charset={codec.replace('iso8859', 'iso-8859').replace('cp12', 'windows-12')}".replace(
            "cp932", "shift_jis"
        )
        .replace("cp949", "euc-kr")
        .replace("big5hkscs", "big5"),
    )
    assert facts.excerpt == f"{word} post"

"""WordPress's own look for the link, as observed (facts §4 step 9)."""

import pytest

from proxy.page.wordpress_check import READ_BYTES, strip_tags_but_links, wordpress_check

T = "https://blog.example/2024/post/"
TITLE = "<title>t</title>"


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(f'{TITLE}<p>a <a href="{T}">post</a> b', id="plain"),
        pytest.param(f"{TITLE}<a href='{T}'>post</a>", id="single quotes"),
        pytest.param(f"{TITLE}<a href={T}>post</a>", id="no quotes"),
        pytest.param(f'{TITLE}<a rel=nofollow href="{T}">post</a>', id="nofollow"),
        pytest.param(f'{TITLE}<a\n href="{T}"\n>post</a>', id="over lines"),
        pytest.param(f'{TITLE}<noscript><a href="{T}">post</a></noscript>', id="noscript"),
        pytest.param(f'{TITLE}<template><a href="{T}">post</a></template>', id="template"),
        pytest.param(f'{TITLE}<p hidden><a href="{T}">post</a>', id="hidden"),
        pytest.param(f'{TITLE}<a href="{T}"><b>post</b></a>', id="bold inside"),
        pytest.param(f'{TITLE}<a href="{T}">post<img src=x></a>', id="text and image"),
        pytest.param(f'{TITLE}<a href="/" title="{T}">post</a>', id="in the title attribute"),
        pytest.param(f'{TITLE}<a href="{T}more">post</a>', id="prefix of a longer address"),
        pytest.param(f'{TITLE}<a href="{T}"> </a>', id="a blank is text"),
        pytest.param(f'<!-- {TITLE} --><a href="{T}">post</a>', id="title in a comment"),
        pytest.param(f'<script>{TITLE}</script><a href="{T}">post</a>', id="title in a script"),
        pytest.param(f'<TITLE>t</TITLE><a href="{T}">post</a>', id="title in capitals"),
        pytest.param(f'{TITLE}<script>never closed <a href="{T}">post</a>', id="a script that is never closed"),
    ],
)
def test_accepted(page):
    assert wordpress_check(page.encode(), T)


@pytest.mark.parametrize(
    "page",
    [
        pytest.param("", id="nothing"),
        pytest.param(f'<a href="{T}">post</a>', id="no title"),
        pytest.param(f'<title></title><a href="{T}">post</a>', id="an empty title"),
        pytest.param(f'<title>0</title><a href="{T}">post</a>', id="a title that PHP calls empty"),
        pytest.param(f'<title lang=x>t</title><a href="{T}">post</a>', id="a title with an attribute"),
        pytest.param(f'{TITLE}<A HREF="{T}">post</A>', id="capitals"),
        pytest.param(f'{TITLE}<a href="{T}">post</A>', id="capitals at the end"),
        pytest.param(f'{TITLE}<a href="{T}"><img src=x></a>', id="only an image"),
        pytest.param(f'{TITLE}<a href="{T}"></a>', id="no text"),
        pytest.param(f'{TITLE}<a href="{T}"><p>post</p></a>', id="a paragraph inside"),
        pytest.param(f'{TITLE}<area href="{T}">', id="an area"),
        pytest.param(f'{TITLE}<!-- <a href="{T}">post</a> -->', id="a comment"),
        pytest.param(f'{TITLE}<script><a href="{T}">post</a></script>', id="a script"),
        pytest.param(f'{TITLE}<style><a href="{T}">post</a></STYLE>', id="a style"),
        pytest.param(f'{TITLE}<a href="{T[:-1]}">post</a>', id="no slash"),
        pytest.param(f'{TITLE}<a href="{T.replace("https", "http")}">post</a>', id="another scheme"),
        pytest.param(f'{TITLE}<a href="/2024/post/">post</a>', id="relative"),
        pytest.param(f'{TITLE}<a href="https://blog.example/2024/p%6fst/">post</a>', id="octets"),
        pytest.param(f"{TITLE}{T}", id="bare text"),
        pytest.param(f'{TITLE}<a href="{T}">a > b</a>', id="a > in the text"),
        pytest.param(f'{TITLE}<!DOCTYPE "html><p><a href="{T}">post</a>', id="a doctype with an open quote"),
    ],
)
def test_refused(page):
    assert not wordpress_check(page.encode(), T)


@pytest.mark.parametrize(
    ("target", "page", "accepted"),
    [
        ("http://b/?a=1&c=2", '<a href="http://b/?a=1&amp;c=2">x</a>', True),
        ("http://b/?a=1&amp;c=2", '<a href="http://b/?a=1&amp;c=2">x</a>', True),
        ("http://b/?a=1&c=2", '<a href="http://b/?a=1&c=2">x</a>', False),
        ("http://b/?a=1&c=2", '<a href="http://b/?a=1&#038;c=2">x</a>', False),
        ("", "<a href=x>x</a>", False),
        ("http://b/>", "<a href='http://b/>'>x</a>", False),
        ("http://b/ü", "<a href='http://b/ü'>x</a>", True),
    ],
)
def test_ampersands_must_be_escaped_on_the_page(target, page, accepted):
    assert wordpress_check((TITLE + page).encode(), target) is accepted


def test_only_the_first_150_kilobytes_are_read():
    link = f'<a href="{T}">post</a>'.encode()
    inside = TITLE.encode() + b" " * (READ_BYTES - len(TITLE) - len(link)) + link
    assert wordpress_check(inside, T)
    assert not wordpress_check(b" " + inside, T)


def test_utf_16_has_no_title():
    assert not wordpress_check((TITLE + f'<a href="{T}">post</a>').encode("utf-16"), T)


@pytest.mark.parametrize(
    ("page", "left"),
    [
        (b"a <b>c</b> <a href='x>y'>d</a>", b"a c <a href='xy'>d</a>"),
        (b"a < b > c", b"a < b > c"),
        (b"<A>x</ a><a/>y", b"<A>x<a/>y"),
        (b"<abbr>x</abbr>", b"x"),
        (b"a<!-- <a> -->b<!-->c-->d", b"abc-->d"),
        (b"a<?php echo '<a>'; ?>b", b"ab"),
        (b"x<?xml version='1.0'?><a>b", b"x<a>b"),
        (b"<a <b>c>d", b"<a bc>d"),
        (b"a\0b<a\0>", b"ab<a>"),
        (b"<a href='x", b""),
        (b"it's <b title='>'>5 o'clock", b"it's 5 o'clock"),
    ],
)
def test_strip_tags_as_php_does(page, left):
    assert strip_tags_but_links(page) == left

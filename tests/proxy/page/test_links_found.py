"""Which links are links to the post, as a reader would see them."""

import pytest

T = "https://blog.example/2024/post/"

FOUND = {
    "a plain link": f'<a href="{T}">post</a>',
    "without quotes": f"<a href={T}>post</a>",
    "in single quotes": f"<a href='{T}'>post</a>",
    "in capitals": f'<A HREF="{T}">post</A>',
    "over several lines": f'<a\n\thref\n=\n"{T}"\n>post</a>',
    "over http": '<a href="http://blog.example/2024/post/">post</a>',
    "without scheme": '<a href="//blog.example/2024/post/">post</a>',
    "with www, which is ours too": '<a href="https://www.blog.example/2024/post/">post</a>',
    "without the last slash": '<a href="https://blog.example/2024/post">post</a>',
    "with the default port": '<a href="https://blog.example:443/2024/post/">post</a>',
    "with a fragment": f'<a href="{T}#comments">post</a>',
    "with needless octets": '<a href="https://blog.example/2024/%70ost/">post</a>',
    "by its number": '<a href="https://blog.example/?p=4">post</a>',
    "with host in capitals": '<a href="HTTPS://BLOG.example/2024/post/">post</a>',
    "with blanks around": f'<a href="  {T}\n ">post</a>',
    "with a line end inside": '<a href="https://blog.example/2024/\npost/">post</a>',
    "with backslashes": '<a href="https:\\\\blog.example\\2024\\post\\">post</a>',
    "with dot segments": '<a href="https://blog.example/2023/../2024/./post/">post</a>',
    "with encoded dot segments": '<a href="https://blog.example/2023/%2e%2E/2024/post/">post</a>',
    "with character references": '<a href="https&#58;//blog.example/2024/p&#x6f;st/">post</a>',
    "relative to a base": '<base href="https://blog.example/2024/"><a href="post/">post</a>',
    "relative to a base below": '<a href="/2024/post/">post</a><base href="https://blog.example/x/">',
    "with nofollow": f'<a rel="nofollow ugc" href="{T}">post</a>',
    "in an unclosed element": f'<div><p><b><a href="{T}">post',
    "among stray end tags": f'</p></div></b><a href="{T}">post</a></html></body>',
    "after </html>": f'<html><body>x</body></html><a href="{T}">post</a>',
    "around an image": f'<a href="{T}"><img src="photo.jpg" alt="A photo"></a>',
    "around an image without words": f'<a href="{T}"><img src="photo.jpg"></a>',
    "around a block": f'<a href="{T}"><div><h2>post</h2></div></a>',
    "around a drawing": f'<a href="{T}"><svg width="20" height="20"><path d="M0 0"/></svg></a>',
    "inside a drawing": f'<svg><a xlink:href="{T}"><text>post</text></a></svg>',
    "in a table": f'<table><tr><td><a href="{T}">post</a></table>',
    "in a list": f'<ul><li><a href="{T}">post</a></ul>',
    "in a closed details": f'<details><summary>more</summary><a href="{T}">post</a></details>',
    "in an open dialog": f'<dialog open><a href="{T}">post</a></dialog>',
    "in a button": f'<button><a href="{T}">post</a></button>',
    "in a blockquote with cite": f'<blockquote cite="x"><a href="{T}">post</a></blockquote>',
    "after a comment": f'<!-- <a href="{T}"> --><a href="{T}">post</a>',
    "after a comment that ends oddly": f'<!--> <a href="{T}">post</a>',
    "after an unknown tag": f'<my-widget><a href="{T}">post</a></my-widget>',
    "in a custom element with a dash": f'<x-p>hello <a href="{T}">post</a></x-p>',
    "the second of two hrefs does not count": f'<a href="{T}" href="https://else.example/">post</a>',
    "a link on an image map": f'<img src="m.png" usemap="#m"><map name="m"><area coords="0,0,9,9" href="{T}" alt="x"></map>',
    "the default area of a map": f'<map name="m"><area shape="default" href="{T}"></map><img src=x usemap="#m">',
    "a NUL in the text before": f'a\0b <a href="{T}">post</a>',
}

NOT_FOUND = {
    "no link at all": "<p>Hello</p>",
    "nothing": "",
    "blanks": " \n\t ",
    "the address as text": f"<p>{T}</p>",
    "in a comment": f'<!-- <a href="{T}">post</a> -->',
    "in a comment that is never closed": f'<!-- <a href="{T}">post</a>',
    "in a conditional comment": f'<!--[if IE]><a href="{T}">post</a><![endif]-->',
    "in a script": f"<script>document.write('<a href=\"{T}\">post</a>')</script>",
    "in a style": f'<style><a href="{T}">post</a></style>',
    "in a template": f'<template><a href="{T}">post</a></template>',
    "in a textarea": f'<textarea><a href="{T}">post</a></textarea>',
    "in the title": f'<title><a href="{T}">post</a></title>',
    "in a title attribute": f"<p title='<a href=\"{T}\">post</a>'>x</p>",
    "in the title attribute of a link": f'<a href="https://else.example/" title="{T}">post</a>',
    "in a data attribute": f'<a data-href="{T}">post</a>',
    "in an onclick": f"<a onclick=\"location='{T}'\">post</a>",
    "in an iframe's srcdoc": f"<iframe srcdoc='<a href=\"{T}\">post</a>'></iframe>",
    "as an iframe's fallback": f'<iframe><a href="{T}">post</a></iframe>',
    "as the source of an iframe": f'<iframe src="{T}"></iframe>',
    "as an object's fallback": f'<object data="x"><a href="{T}">post</a></object>',
    "as a video's fallback": f'<video><a href="{T}">post</a></video>',
    "in a canvas": f'<canvas><a href="{T}">post</a></canvas>',
    "in an option": f'<select><option><a href="{T}">post</a></option></select>',
    "in an option's value": f'<option value="{T}">post</option>',
    "in noembed": f'<noembed><a href="{T}">post</a></noembed>',
    "in xmp": f'<xmp><a href="{T}">post</a></xmp>',
    "after plaintext": f'<plaintext><a href="{T}">post</a>',
    "a link element": f'<link rel="related" href="{T}">',
    "a canonical link": f'<head><link rel="canonical" href="{T}"></head>',
    "an image's source": f'<img src="{T}">',
    "a form's action": f'<form action="{T}"><button>go</button></form>',
    "a quotation's source": f'<blockquote cite="{T}">x</blockquote>',
    "a meta refresh": f'<meta http-equiv="refresh" content="0;url={T}">',
    "escaped markup": f'&lt;a href="{T}"&gt;post&lt;/a&gt;',
    "an anchor without href": '<a name="https://blog.example/2024/post/">post</a>',
    "another post": '<a href="https://blog.example/2024/other/">post</a>',
    "a longer path": '<a href="https://blog.example/2024/post/more/">post</a>',
    "a longer name": '<a href="https://blog.example/2024/post-2/">post</a>',
    "another query": '<a href="https://blog.example/2024/post/?x=1">post</a>',
    "another number": '<a href="https://blog.example/?p=44">post</a>',
    "another host": '<a href="https://blog.example.evil.example/2024/post/">post</a>',
    "another scheme": '<a href="ftp://blog.example/2024/post/">post</a>',
    "the target in a query": f'<a href="https://else.example/?u={T}">post</a>',
    "the target in a fragment": f'<a href="https://else.example/#{T}">post</a>',
    "the target behind a user name": '<a href="https://blog.example@evil.example/2024/post/">post</a>',
    "a relative link on another site": '<a href="/2024/post/">post</a>',
    "a path in other capitals": '<a href="https://blog.example/2024/POST/">post</a>',
    "javascript": f"<a href=\"javascript:location='{T}'\">post</a>",
    "mail": '<a href="mailto:post@blog.example">post</a>',
    "a broken address": '<a href="https://[blog.example/2024/post/">post</a>',
    "a NUL in the address": '<a href="https://blog.ex\0ample/2024/post/">post</a>',
    "only the first base counts": '<base href="https://else.example/"><base href="https://blog.example/"><a href="/2024/post/">x</a>',
}


@pytest.mark.parametrize("html", FOUND.values(), ids=FOUND.keys())
def test_found_and_visible(read, html):
    facts = read(html)
    assert (facts.link_found, facts.link_visible, facts.truncated) == (True, True, False)


@pytest.mark.parametrize("html", NOT_FOUND.values(), ids=NOT_FOUND.keys())
def test_not_found(read, html):
    facts = read(html)
    assert (facts.link_found, facts.link_visible, facts.link_rel, facts.excerpt) == (False, False, None, None)


@pytest.mark.parametrize(
    ("html", "rel"),
    [
        pytest.param(f'<a href="{T}">x</a>', "", id="none is said"),
        pytest.param(f'<a rel="nofollow" href="{T}">x</a>', "nofollow", id="one word"),
        pytest.param(f'<a rel=" UGC  nofollow ugc" href="{T}">x</a>', "ugc nofollow", id="capitals and repetitions"),
        pytest.param(f'<meta name="robots" content="index, NOFOLLOW"><a href="{T}">x</a>', "nofollow", id="the page"),
        pytest.param(f'<meta name=robots content=none><a rel=me href="{T}">x</a>', "me nofollow", id="page: none"),
    ],
)
def test_rel_of_link_and_page(read, html, rel):
    assert read(html).link_rel == rel


def test_a_visible_link_counts_before_a_hidden_one(read):
    facts = read(f'<p hidden><a rel=sponsored href="{T}">hidden</a></p><p><a href="{T}">visible</a></p>')
    assert (facts.link_visible, facts.link_text, facts.link_rel) == (True, "visible", "")


def test_a_link_with_words_counts_before_a_picture(read):
    facts = read(f'<a href="{T}"><img src=a.png alt="a picture"></a> and <a href="{T}">words</a>')
    assert facts.link_text == "words"


def test_an_image_gives_its_alternative_text(read):
    assert read(f'<a href="{T}"><img src=a.png alt="A  harbour"></a>').link_text == "A harbour"


def test_the_link_of_a_page_on_our_own_host_may_be_relative(read):
    facts = read(
        '<a href="/2024/post/">post</a> <a href="https://www.blog.example/x">x</a>', url="https://blog.example/b/"
    )
    assert (facts.link_found, facts.outbound_links) == (True, 0)


@pytest.mark.parametrize(
    ("html", "count"),
    [
        pytest.param("<a href=/x>x</a><a href=y>y</a><a href=#z>z</a>", 0, id="own pages"),
        pytest.param("<a href=https://www.source.example/x>x</a>", 0, id="own host with www"),
        pytest.param(f"<a href={T}>x</a>", 1, id="the target counts too"),
        pytest.param("<a href=//a.example/x>x</a><a href=https://a.example/x#y>y</a>", 1, id="two spellings of one"),
        pytest.param("<a href=//a.example/x>x</a><a href=//a.example/y>y</a>", 2, id="two pages of one host"),
        pytest.param("<a href=mailto:a@b.example>x</a><a href=tel:1>y</a>", 0, id="mail and telephone"),
        pytest.param("<!-- <a href=//a.example/>x</a> -->", 0, id="commented out"),
        pytest.param("<p hidden><a href=//a.example/>x</a>", 1, id="hidden ones count: farms hide"),
    ],
)
def test_outbound_links_are_distinct_and_lead_out(read, html, count):
    assert read(html).outbound_links == count

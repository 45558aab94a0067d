"""Feeds and XHTML."""

import json

import pytest

T = "https://blog.example/2024/post/"
RSS = "<?xml version='1.0' encoding='UTF-8'?><rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel><title>My feed</title><link>https://source.example/</link><language>en-gb</language>{}</channel></rss>"
ATOM = "<feed xmlns='http://www.w3.org/2005/Atom' xml:lang='de'><title>Mein Feed</title><entry>{}</entry></feed>"
XHTML = "<?xml version='1.0'?><!DOCTYPE html PUBLIC 'x' 'y'><html xmlns='http://www.w3.org/1999/xhtml' xml:lang='fr'><head><title>T</title></head><body>{}</body></html>"
LINK = f'<a href="{T}">post</a>'


@pytest.mark.parametrize(
    "item",
    [
        pytest.param(f"<item><title>A</title><link>{T}</link></item>", id="an entry's link"),
        pytest.param(f"<item><link>\n {T} \n</link></item>", id="an entry's link without a title"),
        pytest.param(
            f"<item><description>&lt;p&gt;See &lt;a href='{T}'&gt;x&lt;/a&gt;</description></item>", id="escaped"
        ),
        pytest.param(f"<item><description><![CDATA[<p>See {LINK}]]></description></item>", id="CDATA"),
        pytest.param(
            f"<item><content:encoded><![CDATA[<p>See {LINK}]]></content:encoded></item>", id="content:encoded"
        ),
        pytest.param(f"<link>{T}</link>", id="the feed's own link"),
        pytest.param(f"<item><title>A &nbsp; B & C</title><link>{T}</link></item>", id="broken entities"),
        pytest.param(f"<item><title>A\x0b</title><link>{T}</link></item>", id="a character that XML forbids"),
        pytest.param(f"<item><link>{T}</link>", id="cut off"),
    ],
)
def test_rss(read, item):
    facts = read(RSS.format(item), "application/rss+xml")
    assert (facts.link_found, facts.link_visible, facts.title, facts.language) == (True, True, "My feed", "en-GB")


@pytest.mark.parametrize(
    ("entry", "found"),
    [
        pytest.param(f"<link href='{T}'/>", True, id="an entry's link"),
        pytest.param(f"<link rel='alternate' href='{T}'/>", True, id="alternate"),
        pytest.param(f"<link rel='via' href='{T}'/>", True, id="via"),
        pytest.param(f"<link rel='self' href='{T}'/>", False, id="self is no link for a reader"),
        pytest.param(f"<link rel='replies' href='{T}'/>", False, id="replies neither"),
        pytest.param(f"<content type='html'>&lt;a href='{T}'>x&lt;/a></content>", True, id="escaped content"),
        pytest.param(
            f"<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>{LINK}</div></content>", True, id="XHTML"
        ),
        pytest.param(f"<summary type='html'><![CDATA[{LINK}]]></summary>", True, id="summary"),
        pytest.param(f"<title>{T}</title>", False, id="an address in the title is text"),
        pytest.param(f"<id>{T}</id>", False, id="an id is no link"),
    ],
)
def test_atom(read, entry, found):
    facts = read(ATOM.format(entry), "application/atom+xml")
    assert (facts.link_found, facts.title, facts.language) == (found, "Mein Feed", "de")


def test_rss_1_has_its_items_beside_the_channel(read):
    feed = f"<rdf:RDF xmlns:rdf='r' xmlns='x'><channel><title>F</title></channel><item><title>A</title><link>{T}</link></item></rdf:RDF>"
    facts = read(feed, "application/rdf+xml")
    assert (facts.link_found, facts.link_text) == (True, "A")


def test_a_hidden_link_in_a_feed_is_hidden(read):
    item = f"<item><description><![CDATA[<p style='display:none'>{LINK}]]></description></item>"
    facts = read(RSS.format(item), "text/xml")
    assert (facts.link_found, facts.link_visible) == (True, False)


def test_an_entry_cannot_hide_the_next_one(read):
    items = (
        f"<item><description>&lt;div hidden>&lt;!--</description></item><item><title>A</title><link>{T}</link></item>"
    )
    assert read(RSS.format(items), "text/xml").link_visible


def test_a_feed_sent_as_html_is_a_feed(read):
    assert read(RSS.format(f"<item><link>{T}</link></item>"), "text/html").link_found


@pytest.mark.parametrize("key", ["url", "external_url"])
def test_json_feed(read, key):
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "J",
        "language": "it",
        "items": [{key: T, "title": "A"}],
    }
    facts = read(json.dumps(feed), "application/feed+json")
    assert (facts.link_found, facts.link_text, facts.title, facts.language) == (True, "A", "J", "it")


def test_json_feed_content(read):
    assert read(
        json.dumps({"items": [{"content_html": f"<p>See {LINK}"}, 7, None]}), "application/feed+json"
    ).link_found


@pytest.mark.parametrize("text", ["", "[", "[]", '{"items": 3}', '{"title": "\\ud800"}', "[" * 100_000])
def test_no_json_feed(read, text):
    facts = read(text, "application/feed+json")
    assert (facts.is_page, facts.link_found) == (True, False)


@pytest.mark.parametrize(
    ("body", "found", "visible"),
    [
        pytest.param(LINK, True, True, id="a link"),
        pytest.param(f"<script/>{LINK}", True, True, id="an element without content closes itself"),
        pytest.param(f"<p>a&nbsp;b &eacute; {LINK}</p>", True, True, id="HTML's entities"),
        pytest.param(f"<![CDATA[{LINK}]]>", False, False, id="CDATA is text"),
        pytest.param(f"<p hidden='hidden'>{LINK}</p>", True, False, id="hidden"),
        pytest.param(f"<x:a xmlns:x='urn:x' href='{T}'>post</x:a>", False, False, id="another vocabulary's a"),
        pytest.param(
            f"<svg xmlns='http://www.w3.org/2000/svg' xmlns:l='http://www.w3.org/1999/xlink'><a l:href='{T}'>p</a></svg>",
            True,
            True,
            id="SVG",
        ),
        pytest.param(f"<p>unclosed {LINK}", True, True, id="not well-formed"),
    ],
)
def test_xhtml(read, body, found, visible):
    facts = read(XHTML.format(body), "application/xhtml+xml")
    assert (facts.link_found, facts.link_visible, facts.title, facts.language) == (found, visible, "T", "fr")


def test_xhtml_with_a_prefix(read):
    page = f"<h:html xmlns:h='http://www.w3.org/1999/xhtml'><h:body><h:a href='{T}'>post</h:a></h:body></h:html>"
    assert read(page, "application/xml").link_visible


@pytest.mark.parametrize(
    "xml",
    [
        pytest.param("<urlset><url><loc>https://blog.example/2024/post/</loc></url></urlset>", id="a sitemap"),
        pytest.param("<opml><body><outline htmlUrl='https://blog.example/2024/post/'/></body></opml>", id="OPML"),
        pytest.param("<a href='https://blog.example/2024/post/'>x</a>", id="an element of no vocabulary"),
    ],
)
def test_other_xml_shows_no_links(read, xml):
    facts = read(xml, "application/xml")
    assert (facts.is_page, facts.link_found) == (True, False)


def test_declared_entities_make_no_links(read):
    page = f"<!DOCTYPE rss [<!ENTITY l '<link>{T}</link>'>]><rss><channel><item>&l;</item></channel></rss>"
    assert not read(page, "application/rss+xml").link_found


def test_no_file_is_read(read, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("secret words")
    page = f"<!DOCTYPE rss [<!ENTITY s SYSTEM 'file://{secret}'>]><rss><channel><title>&s;</title></channel></rss>"
    assert "secret words" not in repr(read(page, "application/rss+xml"))

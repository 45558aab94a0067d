"""Addresses in plain text and Markdown."""

import pytest

from proxy.page.text import trimmed

T = "https://blog.example/2024/post/"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(T, id="nothing else"),
        pytest.param(f"See {T}.", id="the end of a sentence"),
        pytest.param(f"See {T}, please!", id="a comma"),
        pytest.param(f"(see {T})", id="in brackets"),
        pytest.param(f"<{T}>", id="in angle brackets"),
        pytest.param(f'"{T}"', id="in quotes"),
        pytest.param(f"“{T}”", id="in curly quotes"),
        pytest.param(f"«{T}»", id="in guillemets"),
        pytest.param(f"[post]({T})", id="a Markdown link"),
        pytest.param(f"[post]({T} 'title')", id="a Markdown link with a title"),
        pytest.param(f"[a]({T}),[b](https://else.example/)", id="two Markdown links without a blank"),
        pytest.param(f"**{T}**", id="bold"),
        pytest.param(f"`{T}`", id="code"),
        pytest.param(f"[1]: {T}", id="a Markdown definition"),
        pytest.param(f"=> {T} post", id="a Gemini line"),
        pytest.param(f'<a href="{T}">post</a>', id="markup is shown as it stands"),
        pytest.param("HTTPS://blog.example/2024/post", id="in capitals, without slash"),
        pytest.param(f"a\n\n\n{T}\nb", id="on its own line"),
        pytest.param(f"見て（{T}）。", id="in wide brackets"),
    ],
)
def test_found(read, text):
    facts = read(text, "text/plain")
    assert (facts.link_found, facts.link_visible, facts.link_rel) == (True, True, "")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("blog.example/2024/post/", id="without a scheme"),
        pytest.param(f"{T}more", id="a longer address"),
        pytest.param("[post](/2024/post/)", id="a relative address"),
    ],
)
def test_not_found(read, text):
    assert not read(text, "text/markdown").link_found


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://a.example/b.", "http://a.example/b"),
        ("http://a.example/b_(c)", "http://a.example/b_(c)"),
        ("http://a.example/b_(c))", "http://a.example/b_(c)"),
        ("http://a.example/b).", "http://a.example/b"),
        ("http://a.example/b]]}.", "http://a.example/b"),
        ("http://a.example/b),[c](http://d", "http://a.example/b"),
        ("http://a.example/?q=[1]", "http://a.example/?q=[1]"),
        ("http://a.example/…", "http://a.example/"),
    ],
)
def test_where_an_address_ends(url, expected):
    assert trimmed(url) == expected


def test_a_markdown_label_is_the_links_text(read):
    facts = read(f"# A title #\n\nI read [this fine post]({T}) twice.", "text/markdown")
    assert (facts.link_text, facts.title) == ("this fine post", "A title #")
    start, end = facts.excerpt_link
    assert facts.excerpt[start:end] == "this fine post"


def test_text_counts_and_links(read):
    facts = read(f"One {T} two https://a.example/ https://a.example/", "text/plain")
    assert (facts.text_chars, facts.outbound_links) == (
        len(f"One {T} two https://a.example/ https://a.example/") - 2,
        2,
    )

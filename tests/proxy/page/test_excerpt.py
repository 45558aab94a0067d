"""The text around the link, as a person is shown it."""

import pytest

LINK = '<a href="https://blog.example/2024/post/">this post</a>'


@pytest.mark.parametrize(
    ("html", "excerpt"),
    [
        pytest.param(f"<p>I read {LINK} today.</p>", "I read this post today.", id="in a sentence"),
        pytest.param(f"<p>One</p><p>{LINK}</p><p>Two</p>", "One this post Two", id="between paragraphs"),
        pytest.param(f"<p>One<br>{LINK}<br>Two", "One this post Two", id="between lines"),
        pytest.param(f"<p>({LINK})", "(this post)", id="in brackets"),
        pytest.param(f"<p>a <!-- x -->b{LINK}", "a bthis post", id="comments leave no gap"),
        pytest.param(f"<p>Tom &amp; <b>J</b>erry {LINK}", "Tom & Jerry this post", id="references and bold letters"),
        pytest.param(f"<script>x</script><p>a{LINK}<style>y</style>", "athis post", id="no scripts and styles"),
        pytest.param(f"<title>T</title>{LINK}", "this post", id="not the title"),
        pytest.param(f"<p>a\u202e\x07b {LINK}", "ab this post", id="without characters that garble"),
        pytest.param(LINK, "this post", id="alone"),
    ],
)
def test_excerpt(read, html, excerpt):
    facts = read(html)
    start, end = facts.excerpt_link
    assert (facts.excerpt, facts.excerpt[start:end]) == (excerpt, "this post")


def test_blanks_in_the_link_stand_outside_of_the_mark(read):
    facts = read('<p>a<a href="https://blog.example/2024/post/"> post </a>b')
    assert (facts.excerpt, facts.excerpt_link) == ("a post b", (2, 6))


@pytest.mark.parametrize(("before", "after"), [(1000, 1000), (1000, 0), (0, 1000), (3, 1000), (1000, 3), (0, 0)])
def test_at_most_300_characters_are_taken_from_where_there_are_some(read, before, after):
    facts = read("<p>" + "left " * before + LINK + " right" * after)
    start, end = facts.excerpt_link
    assert facts.excerpt[start:end] == "this post"
    assert len(facts.excerpt) <= 300
    if before + after > 500:
        assert len(facts.excerpt) > 280


def test_cuts_fall_between_words(read):
    facts = read("<p>" + "left " * 1000 + LINK + " right" * 1000)
    assert facts.excerpt.startswith("… left ")
    assert facts.excerpt.endswith(" right …")


@pytest.mark.parametrize("blanks", ["<b> </b>" * 5000, " " * 50_000, "&nbsp;" * 5000, "<p></p>" * 5000])
def test_many_blanks_count_as_one(read, blanks):
    facts = read(f"<p>near{blanks}{LINK}{blanks}by")
    assert facts.excerpt == "near this post by"


def test_a_link_around_everything_is_cut(read):
    facts = read('<a href="https://blog.example/2024/post/">' + "word " * 1000 + "</a>")
    start, end = facts.excerpt_link
    assert (len(facts.link_text) <= 300, end - start <= 150, len(facts.excerpt) <= 300) == (True, True, True)

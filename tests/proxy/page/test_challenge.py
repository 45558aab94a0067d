"""Bot checks that stand where the page should be."""

import pytest

LINK = '<a href="https://blog.example/2024/post/">post</a>'
ARTICLE = "<p>" + "A long article about the sea and the harbour. " * 60


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("<title>Just a moment...</title><p>Enable JavaScript and cookies to continue", id="Cloudflare"),
        pytest.param("<title>x</title><script>window._cf_chl_opt={}</script>", id="Cloudflare by its script"),
        pytest.param("<title>Attention Required! | Cloudflare</title>" + ARTICLE, id="Cloudflare's block page"),
        pytest.param("<title>DDoS-Guard</title>", id="DDoS-Guard"),
        pytest.param("<title>Making sure you're not a bot!</title>", id="Anubis"),
        pytest.param("<title>Vercel Security Checkpoint</title>", id="Vercel"),
        pytest.param("<title>Robot or human?</title>", id="a shop"),
        pytest.param("<title>Pardon Our Interruption</title>", id="Imperva"),
        pytest.param("<script src='/_Incapsula_Resource?SWUDNSAI=31'></script>", id="Incapsula"),
        pytest.param(
            "<title>source.example</title><script src='https://geo.captcha-delivery.com/c.js'></script>", id="DataDome"
        ),
        pytest.param("<script>document.cookie=toHex(slowAES.decrypt(c,2,a,b))</script>", id="a free host"),
        pytest.param("<meta http-equiv=refresh content='0;/.well-known/sgcaptcha/?r=x'>", id="SiteGround"),
        pytest.param("<form><div class='g-recaptcha'></div><button>Submit</button></form>", id="nothing but a captcha"),
        pytest.param("<h1>Please verify that you are not a robot</h1>", id="in words"),
        pytest.param("<p>Our systems have detected unusual traffic from your network.", id="a search engine"),
    ],
)
def test_is_a_challenge(read, html):
    facts = read(html)
    assert (facts.is_challenge, facts.link_found) == (True, False)


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("<title>My blog</title><p>Hello", id="a small page"),
        pytest.param("", id="nothing"),
        pytest.param(ARTICLE + "<div class='g-recaptcha'></div>", id="an article with a captcha below"),
        pytest.param(f"<title>Just a moment...</title><p>{LINK}", id="a page that links is what it claims to be"),
        pytest.param("<title>Just a moment with my cat</title><p>Hello", id="a title that begins alike"),
        pytest.param(ARTICLE + "How sites check that you are human.", id="an article about such checks"),
        pytest.param(
            "<script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script><p>Hi",
            id="Cloudflare's usual script",
        ),
    ],
)
def test_is_no_challenge(read, html):
    assert not read(html).is_challenge

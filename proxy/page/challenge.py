"""Does this look like a bot check that stands where the page should be?

Such a page says nothing about the source: it is unverifiable, not without a link.
"""

import re

_HEAD_CHARS = 60_000
_SMALL_PAGE_CHARS = 1500

# Titles that challenge pages have and other pages have not. Who serves them stands behind.
_TITLE = re.compile(
    r"just a moment(?:\.\.\.|…)?"  # Cloudflare
    r"|attention required! \| cloudflare"
    r"|please wait(?:\.\.\.|…)? \| cloudflare"
    r"|(?:checking|verifying) (?:your browser|you are human|if the site connection is secure).*"
    r"|ddos-guard|ddos protection by .*"
    r"|one moment,? please(?:\.\.\.|…)?"  # Imunify360, SiteGround
    r"|robot challenge screen|bot verification|human verification|captcha|security check(?:point)?"
    r"|vercel security checkpoint|client challenge|radware (?:captcha|bot manager).*"
    r"|making sure you(?:'|’)re not a bot!"  # Anubis
    r"|(?:robot or human|are you (?:a robot|a human|human|not a robot))\?"
    r"|pardon our interruption(?:\.\.\.|…)?"  # Imperva
    r"|access to this page has been denied.*"  # HUMAN
    r"|please verify (?:that )?you are (?:a )?human.*"
    r"|sucuri website firewall.*|stackpath|incapsula|validating your browser.*"
    r"|(?:please )?enable javascript(?: and cookies)? to continue",
    re.IGNORECASE,
)
# Words that only the challenge itself carries.
_CERTAIN = (
    "_cf_chl_opt",
    "cf-browser-verification",
    "cf_chl_",
    "/.within.website/x/cmd/anubis",
    "anubis_challenge",
    "/.well-known/sgcaptcha/",
    "_incapsula_resource?swudnsai",
    "geo.captcha-delivery.com",
    "awswafcookiedomainlist",
    "gokuprops",
    "window._pxappid",
    "sucuri_cloudproxy_js",
    "__qrator",
    "ddos-guard/js-challenge",
    "slowaes.decrypt",
    "tspd_101",
    "wsidchk",
)
# Ordinary pages carry these too, in a form at their foot; a page of nothing else is a challenge.
_WIDGETS = (
    "g-recaptcha",
    "h-captcha",
    "hcaptcha.com/1/api.js",
    "cf-turnstile",
    "/turnstile/v0/",
    "frc-captcha",
    "px-captcha",
    "_incapsula_resource",
    "altcha-widget",
    "geetest",
    "arkoselabs.com",
)
_WORDS = re.compile(
    r"(?:verify|confirm|prove|make sure|check(?:ing)?) (?:that )?(?:you(?:'|’)?re|you are)"
    r" (?:a )?(?:human|not a (?:ro)?bot)"
    r"|complete the (?:captcha|security check)|unusual traffic|checking your browser"
    r"|enable javascript and cookies to continue|requires javascript to work, please enable",
    re.IGNORECASE,
)


def is_challenge(title: str | None, markup: str, visible_text: str, text_chars: int) -> bool:
    """Return True if the page is a bot check; ask only where no link was found.

    *markup* is the page as text; its beginning is looked at. *visible_text* may be cut, *text_chars* is its full
    length.
    """
    if title and _TITLE.fullmatch(title.strip()):
        return True
    if text_chars > _SMALL_PAGE_CHARS:
        return False
    markup = markup[:_HEAD_CHARS].lower()
    if any(word in markup for word in _CERTAIN):
        return True
    return _WORDS.search(visible_text) is not None or (
        any(word in markup for word in _WIDGETS) and text_chars < _SMALL_PAGE_CHARS // 3
    )

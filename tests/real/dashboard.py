"""WordPress's dashboard, as a person with a browser uses it: signed in, and with the page's own nonce."""

import re
from collections.abc import Sequence
from urllib.parse import urlencode

from tests.real.httpclient import Answer, request
from tests.real.site import Site

_NONCE = re.compile(r'name="_wpnonce" value="([0-9a-f]+)"')


class Dashboard:
    """A person who moderates comments."""

    def __init__(self, site: Site) -> None:
        """Sign in as the site's administrator."""
        self._site = site
        form = {"log": "admin", "pwd": "adminpass", "testcookie": "1"}
        headers = [
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("Cookie", "wordpress_test_cookie=WP+Cookie+check"),
        ]
        answer = self._ask("POST", "/wp-login.php", headers, urlencode(form).encode())
        assert answer.status == 302, answer.text[-2000:]
        cookies = [value.partition(";")[0] for name, value in answer.headers if name.lower() == "set-cookie"]
        self._cookie = ("Cookie", "; ".join(cookies))

    def do(self, action: str, comments: Sequence[int], *, view: str = "all") -> None:
        """Choose comments in the list and do it to them: approve, unapprove, spam, unspam, trash, untrash, delete."""
        page = self._ask("GET", f"/wp-admin/edit-comments.php?comment_status={view}", [self._cookie])
        [nonce, *_] = _NONCE.findall(page.text)
        chosen = [("delete_comments[]", str(one)) for one in comments]
        query = urlencode([("action", action), ("_wpnonce", nonce), ("comment_status", view), *chosen])
        done = self._ask("GET", f"/wp-admin/edit-comments.php?{query}", [self._cookie])
        assert done.status == 302, done.text[-2000:]

    def _ask(self, method: str, path: str, headers: Sequence[tuple[str, str]], body: bytes | None = None) -> Answer:
        host = ("Host", self._site.url.partition("://")[2].partition("/")[0])
        return request(method, self._site.address + path, [host, *headers], body)

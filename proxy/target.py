"""Which post a target is, asked of the site's own WordPress, once and then remembered.

WordPress names a post's number in the header `Link: <…?p=N>; rel=shortlink` of its page, and sends `/?p=N` on to the
permalink; so a permalink and a number are known to be one post only where the site itself says so.
"""

import re
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import quote

from proxy.clock import now
from proxy.config import Site
from proxy.errors import MalformedPing
from proxy.identify import ByNumber, ByPath, ByQuery, PathOrNumber, PostName
from proxy.reader import Page, Reader
from proxy.upstream import Answer, Unanswered, Upstream
from proxy.urls import MAX_URL_CHARS, Url, comparison_key, is_on, parse

_KEEP = timedelta(minutes=10)
_KEPT = 4096
_ASK_S = 5.0
_SHORTLINK = re.compile(r"<[^>]*[?&](?:p|page_id|attachment_id)=(\d+)[^>]*>\s*;\s*rel=\"?shortlink", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Post:
    """A post of the site: its URL, all spellings that mean it, and when it was published, where that is known."""

    url: str
    keys: frozenset[str]
    published_at: datetime | None = None


@dataclass(slots=True)
class Targets:
    """Asks the upstream which post is meant, and remembers."""

    upstream: Upstream
    reader: Reader
    _known: OrderedDict[tuple[str, str], tuple[datetime, Post | None]] = field(default_factory=OrderedDict)

    async def named(self, site: Site, name: PostName) -> Post | Unanswered | None:
        """Return the post that a trackback names, None when the site has no such post."""
        match name:
            case ByNumber(number, prefix):
                return await self.at(site, f"{prefix}/?p={number}")
            case ByQuery(key, value, prefix):
                return await self.at(site, f"{prefix}/?{key}={quote(value, safe='/')}")
            case ByPath(path):
                return await self.at(site, path)
            case PathOrNumber(path, number, prefix):
                found = await self.at(site, path)
                return found if found is not None else await self.at(site, f"{prefix}/?p={number}")

    async def at(self, site: Site, path_query: str) -> Post | Unanswered | None:
        """Return the post at *path_query* of the site, None when there is none, or why nobody could say."""
        if len(path_query) > MAX_URL_CHARS:  # no target can be called so, and nothing so long is remembered
            return None
        key = (site.name, path_query)
        kept = self._known.get(key)
        if kept is not None and now() - kept[0] < _KEEP:
            return kept[1]
        found = await self._ask(site, path_query, follow=True)
        if not isinstance(found, Unanswered):
            self._known[key] = (now(), found)
            self._known.move_to_end(key)
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return found

    async def _ask(self, site: Site, path_query: str, *, follow: bool) -> Post | Unanswered | None:
        answer = await self.upstream.ask(site, "GET", path_query, {"Accept": "text/html"}, timeout_s=_ASK_S)
        if isinstance(answer, Unanswered):
            return answer
        if answer.status in {301, 302, 307, 308} and follow:
            return await self._redirected(site, path_query, answer)
        if answer.status >= 500:
            return Unanswered("The site behind this proxy reports an error of its own.", reached=True)
        if answer.status != 200:
            return None
        return await self._post(site, path_query, answer)

    async def _post(self, site: Site, path_query: str, answer: Answer) -> Post | Unanswered | None:
        """Return the post on the page that answered, None when that is no single post (an archive, the front page)."""
        url = _public(site, path_query)
        number = _SHORTLINK.search(", ".join(answer.headers.getall("Link", ())))
        kind = answer.headers.get("Content-Type", "")
        facts = await self.reader.read(Page(answer.body, kind, str(url), frozenset(), site.our_hosts, str(url)))
        if facts is None:
            return Unanswered("The target's own page could not be read in time.", reached=True)
        post_id = int(number[1]) if number else facts.post_id
        if post_id is None and "X-Pingback" not in answer.headers:
            return None
        keys = {comparison_key(url, site.our_hosts)}
        if post_id is not None:
            base = parse(site.home + "/").path.rstrip("/")
            keys |= {
                comparison_key(_public(site, f"{base}/?{name}={post_id}"), site.our_hosts) for name in ("p", "page_id")
            }
        return Post(str(url), frozenset(keys), facts.published_at)

    async def _redirected(self, site: Site, path_query: str, answer: Answer) -> Post | Unanswered | None:
        try:
            place = parse(answer.headers.get("Location", ""))
        except MalformedPing:
            return None
        if not is_on(place, site.our_hosts):
            return None
        found = await self._ask(site, place.path_query, follow=False)
        if not isinstance(found, Post):
            return found
        asked = comparison_key(_public(site, path_query), site.our_hosts)
        return Post(found.url, found.keys | {asked}, found.published_at)


def _public(site: Site, path_query: str) -> Url:
    return parse(parse(site.home + "/").origin + path_query)

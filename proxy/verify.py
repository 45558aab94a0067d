"""Asking the source: fetch the page, read it, and say what it showed as `Evidence`."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime

from proxy import metrics
from proxy.config import Site
from proxy.fetch import Fetched, Fetcher, FetchFailed
from proxy.page import PageFacts
from proxy.ping import Evidence, Failure, Ping
from proxy.reader import Page, Reader
from proxy.rules.case import Relation, relation
from proxy.target import Post, Targets
from proxy.upstream import Unanswered, Upstream
from proxy.urls import comparison_key, parse

_RESOLVE_S = 2.0


@dataclass(frozen=True, slots=True)
class Checked:
    """What asking the source brought: the evidence, the target's date, and when to ask again at the soonest."""

    evidence: Evidence
    target_published_at: datetime | None = None
    retry_after_s: float | None = None


@dataclass(frozen=True, slots=True)
class Verifier:
    """Fetches and reads sources."""

    fetcher: Fetcher
    targets: Targets
    upstream: Upstream
    reader: Reader

    async def check(self, ping: Ping, site: Site, *, wants_date: bool) -> Checked:
        """Return what the ping's source shows now. Never raises for what a stranger's page does."""
        post = await self._post(ping, site) if wants_date else None
        if isinstance(post, Unanswered):  # what its date forbids cannot be known
            return Checked(Evidence(failure=Failure.TARGET_UNKNOWN))
        published = post.published_at if post else None
        page = await self._page(ping, site)
        if isinstance(page, FetchFailed):
            missing = Evidence(status=page.status, redirects=page.redirects, fetched_url=page.url or None)
            return Checked(replace(missing, failure=page.failure), published, page.retry_after_s)
        evidence = await self._shown(page, ping, site, post)
        related = await self._sender_matches(ping)
        return Checked(replace(evidence, sender_matches_host=related), published)

    async def _shown(self, page: Fetched, ping: Ping, site: Site, post: Post | None) -> Evidence:
        """Return what the page shows. Another spelling counts only where the site itself says that it is the same post;
        while it does not answer, a page without a link to the target as it was named says nothing."""
        keys = frozenset({comparison_key(parse(ping.linkback.target_url), site.our_hosts)})
        facts = await self._read(page, keys, site, ping)
        seen = _evidence(page, facts)
        if not isinstance(facts, PageFacts) or facts.link_found or (seen.failure and seen.failure.is_final):
            return seen
        known = post or await self._post(ping, site)
        if isinstance(known, Unanswered):
            return replace(seen, link_found=None, failure=seen.failure or Failure.TARGET_UNKNOWN)
        if known and not known.keys <= keys:
            return _evidence(page, await self._read(page, keys | known.keys, site, ping))
        return seen

    async def _read(self, page: Fetched, keys: frozenset[str], site: Site, ping: Ping) -> PageFacts | None:
        asked = Page(page.body, page.content_type, page.url, keys, site.our_hosts, ping.linkback.target_url)
        return await self.reader.read(asked)

    async def _post(self, ping: Ping, site: Site) -> Post | Unanswered | None:
        return await self.targets.at(site, parse(ping.linkback.target_url).path_query)

    async def _page(self, ping: Ping, site: Site) -> Fetched | FetchFailed:
        source = parse(ping.linkback.source_url)
        if relation(source, parse(site.home + "/"), site.our_hosts) is not Relation.SELF:
            with metrics.FETCHING.time():
                page = await self.fetcher.fetch(source, public_url=site.home)
            metrics.count_fetch(page.failure if isinstance(page, FetchFailed) else None)
            return page
        # Our own page is read from the upstream, never over the network.
        answer = await self.upstream.ask(site, "GET", source.path_query, {"Accept": "text/html"}, timeout_s=8)
        if isinstance(answer, Unanswered):
            failure = Failure.UNREACHABLE if answer.in_time else Failure.TIMEOUT
            return FetchFailed(failure, answer.sentence, url=str(source))
        if answer.status != 200:
            failure = Failure.GONE if answer.status in {404, 410} else Failure.OTHER_STATUS
            return FetchFailed(
                failure, f"The page answers with status {answer.status}.", answer.status, url=str(source)
            )
        kind = answer.headers.get("Content-Type", "")
        return Fetched(str(source), 200, 0, kind, answer.body, False, "upstream")

    async def _sender_matches(self, ping: Ping) -> bool | None:
        try:
            async with asyncio.timeout(_RESOLVE_S):
                addresses = await self.fetcher.resolves_to(parse(ping.linkback.source_url).host)
        except TimeoutError:
            return None
        return ping.sender.remote_ip in addresses if addresses else None


def _evidence(page: Fetched, facts: PageFacts | None) -> Evidence:
    seen = Evidence(
        fetched_url=page.url, status=page.status, redirects=page.redirects, content_type=page.content_type or None
    )
    if facts is None:
        return replace(seen, failure=Failure.UNREADABLE)
    if facts.is_challenge and not facts.link_found:
        return replace(seen, title=facts.title, failure=Failure.FORBIDDEN)
    if not facts.is_page:
        return replace(seen, failure=Failure.NOT_A_PAGE)
    # A page that was cut off may hold the link in what was not read.
    unknown = (page.truncated or facts.truncated) and not facts.link_found
    return replace(
        seen,
        title=facts.title,
        refresh_url=facts.refresh_url,
        link_found=None if unknown else facts.link_found,
        link_visible=facts.link_visible if facts.link_found else None,
        link_rel=facts.link_rel,
        link_text=facts.link_text,
        excerpt=facts.excerpt,
        outbound_links=facts.outbound_links,
        text_chars=facts.text_chars,
        language=facts.language,
        wordpress_would_accept=facts.wordpress_would_accept,
    )

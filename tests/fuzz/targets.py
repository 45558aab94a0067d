"""Every reader of what strangers and owners write, as functions of bytes; any bytes hold the reader's promise.

For hours, with coverage as guide (needs atheris):

    python -m tests.fuzz.targets --minutes 60            every target for so long, one after the other
    python -m tests.fuzz.targets --minutes 60 --only page

Starts from tests/corpus, keeps what it finds in a directory that it names, and prints executions and crashes by
target; exits 1 if there was one.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from proxy.admin.origin import local_path
from proxy.admin.rule_text import FORMATS, read_rules, write_rules
from proxy.admin.views.rules import form_from, form_of, to_json
from proxy.config import Config, from_mapping
from proxy.errors import ConfigError, MalformedPing
from proxy.identify import FORM_NAMES, Door, door, rpc_endpoint, split_target, trackback_post
from proxy.page import PageFacts, read_page
from proxy.ping import Kind, Linkback, Sender
from proxy.policy import Policy
from proxy.rules.case import Case, SiteFacts
from proxy.rules.owner import BadRule, holds, when_from_json, when_to_json
from proxy.urls import MAX_URL_CHARS, comparison_key, parse, registrable_domain
from proxy.wire.logins import log_ins_of_plain
from proxy.wire.php_form import read_query
from proxy.wire.plain_call import plain_method
from proxy.wire.xmlrpc import MULTICALL, PING, OtherCall, _read_twice
from tests.fuzz import wire_targets

CORPUS = Path(__file__).parents[1] / "corpus"
POST = "https://blog.example/2024/post/?a=1&b=2"
HOSTS = frozenset({"blog.example"})
TYPES = (
    "", "text/html", "text/html; charset=utf-16", "text/html; charset=gb18030", "text/html; charset=iso-2022-jp",
    "application/xhtml+xml", "application/rss+xml", "application/atom+xml", "text/xml", "text/plain", "text/markdown",
    "application/feed+json", "image/png",
)  # fmt: skip
SITE = SiteFacts("blog", parse("https://blog.example/"), HOSTS, Policy())
_AT = datetime(2026, 5, 1, tzinfo=UTC)
_SEPARATOR = b"\x1e"


def page(body: bytes) -> None:
    """The first byte chooses the content type; any page gives facts that hold together."""
    kind = TYPES[body[0] % len(TYPES)] if body else ""
    facts = read_page(body[1:], kind, "https://source.example/a", frozenset({"~/2024/post?a=1&b=2"}), HOSTS, POST)
    start, end = facts.excerpt_link
    assert facts.link_found or not facts.link_visible
    assert facts.link_found == (facts.excerpt is not None) == (facts.link_rel is not None)
    assert facts.is_page or facts == PageFacts(is_page=False, wordpress_would_accept=facts.wordpress_would_accept)
    assert 0 <= start <= end <= len(facts.excerpt or "") <= 300
    for text in (facts.title, facts.excerpt, facts.link_text, facts.language, facts.canonical_url, facts.refresh_url):
        assert re.search("[\x00-\x1f\ud800-\udfff]", text or "") is None


def url(body: bytes) -> None:
    """Any text is a URL, which is read again as the same, or raises the one error; any request target is read."""
    text = body.decode("utf-8", "surrogateescape")
    target = split_target(text)
    if door("POST", target, "", has_form=True) is Door.XMLRPC:
        assert rpc_endpoint(target).isascii()
    with suppress(MalformedPing):
        trackback_post(target, "", read_query(target.query, FORM_NAMES), {})
    try:
        found = parse(text)
    except MalformedPing:
        return
    again = str(found)
    assert parse(again) == found
    assert len(again) <= MAX_URL_CHARS
    assert not set(again) & set(' \t\r\n"<>\\^`{|}#')
    assert comparison_key(parse(again), HOSTS) == comparison_key(found, HOSTS)
    assert registrable_domain(found.host)


def config(body: bytes) -> None:
    """Any TOML is a configuration or one sentence."""
    try:
        raw = tomllib.loads(body.decode("utf-8", "replace"))
    except (tomllib.TOMLDecodeError, RecursionError):
        return
    sentence = "-"
    try:
        assert isinstance(from_mapping(raw), Config)
    except ConfigError as problem:
        sentence = str(problem)
    assert sentence
    assert "\n" not in sentence


def rule(body: bytes) -> None:
    """The first line is JSON, the rest a stranger's text; what is taken as conditions can be asked of any text."""
    first, _, rest = body.partition(b"\n")
    try:
        raw = json.loads(first)
    except (ValueError, RecursionError):
        return
    try:
        when = when_from_json(raw)
    except BadRule:
        return
    assert when_from_json(when_to_json(when)) == when
    text = rest.decode("utf-8", "replace")
    linkback = Linkback(Kind.TRACKBACK, "https://a.example/x", "https://blog.example/y", text, text, text)
    holds(when, Case(linkback, Sender(text, text), SITE, _AT))


def admin(body: bytes) -> None:
    """The admin pages' forms: names and values in turn, and a file of rules in each format."""
    text = body.decode("utf-8", "replace")
    assert local_path(text, "/").startswith("/")
    assert not local_path(text, "/").startswith("//")
    for form in FORMATS:
        try:
            rules = read_rules(form, text, "reject", {"blog"})
        except BadRule:
            continue
        assert read_rules("json", write_rules("json", rules), "reject", {"blog"}) == rules
        for one in rules:
            to_json(form_of(one))
    parts = [part.decode("utf-8", "replace") for part in body.split(_SEPARATOR)]
    with suppress(BadRule):
        to_json(form_from(dict(zip(parts[::2], parts[1::2], strict=False))))


def plain_call(body: bytes) -> None:
    """What is so plain that it is told by a pattern is what both readers say that it is, passwords included."""
    method = plain_method(body)
    if method is not None and method not in {PING, MULTICALL}:
        assert _read_twice(body, 9, ()) == OtherCall(method, log_ins_of_plain(method, body))


TARGETS: dict[str, Callable[[bytes], None]] = {
    **wire_targets.TARGETS,
    **{target.__name__: target for target in (page, url, config, rule, admin, plain_call)},
}
# Where each begins; what is not named begins with nothing.
BEGINNINGS = {
    "xmlrpc": ("xmlrpc",),
    "plain_call": ("xmlrpc",),
    "reply": ("xmlrpc",),
    "form": ("forms",),
    "trackback": ("forms",),
    "page": ("pages",),
    "url": ("urls",),
    "config": ("configurations",),
    "rule": ("rules",),
    "admin": ("rules",),
}


def _directories(name: str) -> list[str]:
    roots = [CORPUS / root for root in BEGINNINGS.get(name, ())]
    found = {path.parent for root in roots for path in root.rglob("*") if path.is_file()}
    return sorted(map(str, found))


def fuzz(name: str, seconds: int, place: Path) -> tuple[int, list[str]]:
    """Run one target in a process of its own; return its executions and what it crashed on."""
    kept = place / name
    kept.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "tests.fuzz.targets", "--run", name, str(kept), *_directories(name)]
    options = [f"-max_total_time={seconds}", f"-artifact_prefix={place}/{name}-", "-max_len=30000", "-timeout=20"]
    done = subprocess.run([*command, *options], capture_output=True, text=True, errors="replace", check=False)
    (place / f"{name}.log").write_text(done.stderr)
    counted = re.findall(r"^#(\d+)|^Done (\d+) runs", done.stderr, re.MULTILINE)
    executions = int(next(filter(None, counted[-1]))) if counted else 0
    crashes = sorted(str(path) for path in place.glob(f"{name}-*"))
    if done.returncode and not crashes:
        crashes = [f"ended with {done.returncode}: {done.stderr[-500:]}"]
    return executions, crashes


def _hand_over(name: str, arguments: list[str]) -> None:
    import atheris  # type: ignore[import-not-found]

    atheris.instrument_all()
    atheris.Setup([sys.argv[0], *arguments], TARGETS[name])
    atheris.Fuzz()


def main() -> None:
    """Read the command line."""
    if sys.argv[1:2] == ["--run"]:
        _hand_over(sys.argv[2], sys.argv[3:])
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--only", choices=list(TARGETS), action="append")
    given = parser.parse_args()
    place = Path(tempfile.mkdtemp(prefix="pingwarden-fuzz-"))
    print(f"what is found is kept in {place}", flush=True)
    crashed = False
    for name in given.only or TARGETS:
        executions, crashes = fuzz(name, int(given.minutes * 60), place)
        crashed = crashed or bool(crashes)
        print(f"{name:<12}{executions:>12} executions, {len(crashes)} crashes {' '.join(crashes)}", flush=True)
    sys.exit(1 if crashed else 0)


if __name__ == "__main__":
    main()

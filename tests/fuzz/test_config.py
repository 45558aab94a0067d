"""Any TOML is a configuration or one sentence."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from proxy.config import Config, from_mapping
from proxy.errors import ConfigError

SECTIONS = {
    "policy": ["pingbacks", "self_pings", "closed_paths", "closed_after_days"],
    "fetch": ["allow_networks", "ports"],
    "limits": ["multicall_members", "max_call_bytes"],
    "delivery": ["min_interval_s", "retry_after_s", "give_up_after_h"],
    "admin": ["api_tokens", "public_url", "identity_header", "identity_networks", "digest_webhook"],
}
SITE_KEYS = ["name", "hosts", "public_url", "upstream", "mode", "wordpress", "policy"]
TOP_KEYS = [
    "listen",
    "admin_listen",
    "state_dir",
    "database",
    "trusted_proxies",
    "answer_within_s",
    "upstream_timeout_s",
]
WORDS = [
    "", "on", "off", "http://", "http://a.example", "https://[::1]:8080", "http://a:b@c", "http://a:99999", "http://a\u2100b", "127.0.0.1:80", ":", ":\u00b2",
    "[::1]:1", "0.0.0.0/0", "::/0", "10.0.0.0/8", "10.0.0.1/8", "fe80::1%x", "blog.example", "blog.example:x", "*.a", "b\u00fccher.example", "\u00ad", "env:PW_NONE",
    "file:/no", "file:\0", "postgresql://", "mysql://x", "oracle:x", "/a*", "pass", "enforce", "hold", "\udc80",
]  # fmt: skip
SCALARS = (
    st.sampled_from(WORDS)
    | st.text(max_size=5)
    | st.integers(-(10**20), 10**20)
    | st.floats()
    | st.booleans()
    | st.datetimes()
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(SITE_KEYS), inner, max_size=2),
    max_leaves=4,
)


def table(keys: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Return a table with some of these keys."""
    return st.dictionaries(st.sampled_from(keys) | st.text(max_size=3), VALUES, max_size=3)


SITES = st.lists(
    st.builds(lambda site, upstream: {"upstream": upstream} | site, table(SITE_KEYS), st.sampled_from(WORDS)),
    max_size=2,
)
RAW = st.builds(
    lambda top, sites, sections: top | {"sites": sites} | sections,
    table(TOP_KEYS),
    SITES | VALUES,
    st.fixed_dictionaries({}, optional={name: table(keys) | VALUES for name, keys in SECTIONS.items()}),
)
often = settings(max_examples=400, deadline=None, derandomize=True, database=None)


@often
@given(RAW)
def test_any_table_is_a_configuration_or_one_sentence(raw: dict[str, Any]) -> None:
    try:
        read = from_mapping(raw)
    except ConfigError:
        return
    assert_usable(read)


def assert_usable(read: Config) -> None:
    """Assert that nothing in a checked configuration breaks when it is used."""
    assert "://" in read.database_url
    for site in read.sites:
        assert site.public_host in site.our_hosts
        assert site.public_host.isascii()
        assert site.policy
    # `serve` reads it again with the flags that were given.
    assert json.dumps(read.model_dump(mode="json"))


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(st.text(max_size=30))
def test_any_public_url_is_taken_or_refused(text: str) -> None:
    try:
        read = from_mapping({"sites": [{"upstream": "http://127.0.0.1:1", "public_url": "https://" + text}]})
    except ConfigError:
        return
    assert_usable(read)

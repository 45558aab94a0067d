"""Every key, every default, and one sentence for every bad value."""

import tomllib
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from proxy.config import Config, from_mapping, load
from proxy.errors import ConfigError

SITE = {"upstream": "http://127.0.0.1:8080"}
SECRET = "hunter2-do-not-show"


def config(**changes: Any) -> Config:
    """Return a configuration with one site."""
    return from_mapping({"sites": [SITE], **changes})


def in_site(**changes: Any) -> dict[str, Any]:
    """Return the raw configuration of one site."""
    return {"sites": [SITE | changes]}


DEFAULTS = {
    "listen": "127.0.0.1:8700",
    "admin_listen": "127.0.0.1:8701",
    "state_dir": Path("/var/lib/pingwarden"),
    "database": "",
    "trusted_proxies": (ip_network("127.0.0.0/8"), ip_network("::1/128")),
    "answer_within_s": 2.5,
    "sites.0.name": "site",
    "sites.0.hosts": (),
    "sites.0.public_url": "",
    "sites.0.mode": "enforce",
    "sites.0.wordpress.username": "",
    "sites.0.wordpress.application_password": "",
    "policy.pingbacks": "on",
    "policy.trackbacks": "on",
    "policy.self_pings": "approve-if-linked",
    "policy.closed_paths": (),
    "policy.closed_after_days": 0,
    "policy.refused_methods": (),
    "fetch.allow_networks": (),
    "fetch.ports": (80, 443, 8080),
    "limits.linkbacks_per_client_per_minute": 30,
    "limits.linkbacks_per_target_per_hour": 120,
    "limits.fetches_per_address_per_minute": 10,
    "limits.fetches_per_domain_per_minute": 10,
    "limits.multicall_members": 50,
    "limits.calls_per_client_per_minute": 0,
    "limits.call_bytes_per_client_per_minute": 0,
    "limits.failed_logins_per_client_per_hour": 20,
    "limits.max_call_bytes": 134217728,
    "limits.max_form_bytes": 67108864,
    "delivery.min_interval_s": 16,
    "delivery.retry_after_s": (5, 60, 600, 3600, 21600),
    "delivery.give_up_after_h": 72,
    "admin.api_tokens": (),
    "privacy.addresses": "full",
    "privacy.keep_addresses_days": 0,
    "privacy.keep_extracts_days": 0,
    "privacy.keep_rejected_days": 0,
    "privacy.keep_pings_days": 0,
}


@pytest.mark.parametrize(("key", "value"), DEFAULTS.items(), ids=DEFAULTS.keys())
def test_the_default_of(key: str, value: object) -> None:
    found: Any = config()
    for part in key.split("."):
        found = found[int(part)] if part.isdigit() else getattr(found, part)
    assert found == value


def test_the_example_of_the_manual_is_understood() -> None:
    text = """
        listen = "[::1]:8700"
        trusted_proxies = ["10.0.0.0/8"]
        [[sites]]
        name = "blog"
        hosts = ["Blog.example", "www.blog.example:8080"]
        public_url = "https://blog.example/"
        upstream = "http://[::1]:8080"
        mode = "observe"
        [sites.policy]
        self_pings = "reject"
        closed_paths = ["/2019/*", "*/news/*"]
        [policy]
        pingbacks = "off"
        [fetch]
        allow_networks = ["192.168.0.0/16", "fd00::/8"]
    """
    read = from_mapping(tomllib.loads(text))
    (site,) = read.sites
    assert site.hosts == ("blog.example", "www.blog.example:8080")
    assert (site.home, site.public_host) == ("https://blog.example", "blog.example")
    assert site.our_hosts == {"blog.example", "www.blog.example:8080"}
    assert (site.policy.self_pings, site.policy.pingbacks) == ("reject", "off")  # its own, and the one for all
    assert read.fetch.allow_networks == (ip_network("192.168.0.0/16"), ip_network("fd00::/8"))


HOMES = {
    "its public URL": ({"public_url": "https://blog.example"}, "https://blog.example", "blog.example"),
    "a slash behind goes": ({"public_url": "https://blog.example/"}, "https://blog.example", "blog.example"),
    "a subdirectory": ({"public_url": "https://blog.example/blog/"}, "https://blog.example/blog", "blog.example"),
    "a port of its own": ({"public_url": "http://blog.example:8080"}, "http://blog.example:8080", "blog.example:8080"),
    "the scheme's own port": ({"public_url": "https://blog.example:443"}, "https://blog.example:443", "blog.example"),
    "the other scheme's port": (
        {"public_url": "https://blog.example:80"},
        "https://blog.example:80",
        "blog.example:80",
    ),
    "in capitals": ({"public_url": "HTTPS://Blog.Example"}, "HTTPS://Blog.Example", "blog.example"),
    "in another script": ({"public_url": "https://bücher.example"}, "https://bücher.example", "xn--bcher-kva.example"),
    "the upstream without one": ({}, "http://127.0.0.1:8080", "127.0.0.1:8080"),
}


@pytest.mark.parametrize(("changes", "home", "host"), HOMES.values(), ids=HOMES.keys())
def test_a_site_s_address_is(changes: dict[str, str], home: str, host: str) -> None:
    (site,) = from_mapping(in_site(**changes)).sites
    assert (site.home, site.public_host, site.our_hosts) == (home, host, {host})


def test_hosts_in_another_script_are_the_ones_on_the_wire() -> None:
    (site,) = from_mapping(in_site(hosts=["Bücher.example."], public_url="https://b.example")).sites
    assert site.our_hosts == {"xn--bcher-kva.example", "b.example"}


DATABASES = {
    "": "sqlite+aiosqlite:////state/pingwarden.sqlite3",
    "postgresql://u:p@h/d": "postgresql+asyncpg://u:p@h/d",
    "mysql://u:p@h/d": "mysql+asyncmy://u:p@h/d",
}


@pytest.mark.parametrize(("database", "url"), DATABASES.items())
def test_the_database_is_spoken_to_with(database: str, url: str) -> None:
    assert config(database=database, state_dir="/state").database_url == url


# Raw configuration, and all that its error says.
BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no site": ({}, "sites is missing"),
    "an empty list of sites": ({"sites": []}, "sites = []: must hold at least 1"),
    "a site without upstream": ({"sites": [{"name": "a"}]}, "sites.0.upstream is missing"),
    "an empty upstream": (in_site(upstream=""), "sites.0.upstream = '': must not be empty"),
    "an unknown key": ({"sites": [SITE], "color": 1}, "unknown key color"),
    "an unknown key of a site": (in_site(color=1), "unknown key sites.0.color"),
    "an unknown key of a section": ({"sites": [SITE], "policy": {"pings": "on"}}, "unknown key policy.pings"),
    "an unknown key of a site's policy": (in_site(policy={"pings": "on"}), "unknown key sites.0.policy.pings"),
    "an unknown key of WordPress": (in_site(wordpress={"user": "x"}), "unknown key sites.0.wordpress.user"),
    "a listener without port": (
        {"sites": [SITE], "listen": "127.0.0.1"}, "listen = '127.0.0.1': must look like \"127.0.0.1:8700\"",
    ),
    "a listener without host": ({"sites": [SITE], "listen": ":80"}, "listen = ':80': must look like \"127.0.0.1:8700\""),
    "a listener that is a number": ({"sites": [SITE], "listen": 80}, 'listen = 80: must look like "127.0.0.1:8700"'),
    "a port that is none": (
        {"sites": [SITE], "admin_listen": "[::1]:65536"},
        "admin_listen = '[::1]:65536': must name a port from 0 to 65535",
    ),
    "an upstream without scheme": (
        in_site(upstream="127.0.0.1:8080"),
        "sites.0.upstream = '127.0.0.1:8080': must look like \"http://host:port\" or \"https://host/path\"",
    ),
    "an upstream of another scheme": (
        in_site(upstream="ftp://a"),
        "sites.0.upstream = 'ftp://a': must look like \"http://host:port\" or \"https://host/path\"",
    ),
    "an upstream with a port that is none": (
        in_site(upstream="http://a:99999"), "sites.0.upstream = 'http://a:99999': must look like \"http://host:port\" or \"https://host/path\"",
    ),
    "a public URL with a query": (
        in_site(public_url="https://a/?x"),
        "sites.0.public_url = 'https://a/?x': must look like \"http://host:port\" or \"https://host/path\"",
    ),
    "a public URL with a user": (
        in_site(public_url="https://u@a"),
        "sites.0.public_url = 'https://u@a': must look like \"http://host:port\" or \"https://host/path\"",
    ),
    "a public URL with a blank": (
        in_site(public_url="https://a/my blog"),
        'sites.0: public_url = "https://a/my blog" is not how readers name a site: "https://blog.example"',
    ),
    "no public URL, and an upstream that readers cannot name": (
        in_site(upstream="http://[::1]:8080"),
        (
            'sites.0: public_url is missing, and upstream = "http://[::1]:8080" is not how readers name a site: '
            '"https://blog.example"'
        ),
    ),
    "a host that is a URL": (
        in_site(hosts=["https://a.example"]),
        "sites.0.hosts.0 = 'https://a.example': must be a host such as \"blog.example\" or \"blog.example:8080\"",
    ),
    "a host with a path": (
        in_site(hosts=["b.example", "a.example/x"]),
        "sites.0.hosts.1 = 'a.example/x': must be a host such as \"blog.example\" or \"blog.example:8080\"",
    ),
    "a host with a star": (
        in_site(hosts=["*.example"]),
        "sites.0.hosts.0 = '*.example': must be a host such as \"blog.example\" or \"blog.example:8080\"",
    ),
    "a name with a blank": (
        in_site(name="my blog"), "sites.0.name = 'my blog': must be 1 to 64 of the characters A-Z a-z 0-9 . _ -",
    ),
    "an unknown mode": (in_site(mode="off"), "sites.0.mode = 'off': must be 'enforce' or 'observe'"),
    "two sites of one name": (
        {"sites": [SITE, SITE | {"public_url": "http://b.example"}]},
        "sites.1.name = 'site' is that of sites.0: it needs one of its own",
    ),
    "two sites of one host": (
        {"sites": [SITE | {"name": "a", "public_url": "http://b.example"}, SITE | {"name": "b", "hosts": ["B.example"]}]},
        "the host 'b.example' of sites.1 is that of sites.0: it belongs to one alone",
    ),
    "an unknown switch": (
        {"sites": [SITE], "policy": {"pingbacks": "yes"}}, "policy.pingbacks = 'yes': must be 'on' or 'off'",
    ),
    "an unknown policy for self-pings": (
        {"sites": [SITE], "policy": {"self_pings": "approve"}},
        "policy.self_pings = 'approve': must be 'pass', 'approve-if-linked', 'hold' or 'reject'",
    ),
    "a path pattern that could never fit": (
        {"sites": [SITE], "policy": {"closed_paths": ["2019/*"]}},
        "policy.closed_paths.0 = '2019/*': must begin with \"/\" or \"*\"",
    ),
    "a negative age": (
        {"sites": [SITE], "policy": {"closed_after_days": -1}},
        "policy.closed_after_days = -1: must be at least 0",
    ),
    "an age beyond the calendar": (
        {"sites": [SITE], "policy": {"closed_after_days": 10**9}},
        "policy.closed_after_days = 1000000000: must be at most 36600",
    ),
    "thresholds that cross": (
        {"sites": [SITE], "policy": {"approve_below": 2, "reject_above": 1}},
        "policy: approve_below = 2 must not be above reject_above",
    ),
    "a site's key of the policy that is unknown": (
        in_site(policy={"pingback": "on"}), "unknown key sites.0.policy.pingback",
    ),
    "a network that is none": (
        {"sites": [SITE], "fetch": {"allow_networks": ["localhost"]}},
        "fetch.allow_networks.0 = 'localhost': must be a network such as \"10.0.0.0/8\" or an address",
    ),
    "a port of sources that is none": (
        {"sites": [SITE], "fetch": {"ports": [0]}}, "fetch.ports.0 = 0: must be at least 1",
    ),
    "a limit of zero": (
        {"sites": [SITE], "limits": {"multicall_members": 0}},
        "limits.multicall_members = 0: must be at least 1",
    ),
    "a limit that is no number": (
        {"sites": [SITE], "limits": {"max_call_bytes": "1M"}},
        "limits.max_call_bytes = '1M': must be a whole number",
    ),
    "no time to answer": (
        {"sites": [SITE], "answer_within_s": 0}, "answer_within_s = 0: must be over 0",
    ),
    "a time that is no number": (
        {"sites": [SITE], "answer_within_s": float("nan")}, "answer_within_s = nan: must be a finite number",
    ),
    "a time without end": (
        {"sites": [SITE], "delivery": {"min_interval_s": float("inf")}},
        "delivery.min_interval_s = inf: must be a finite number",
    ),
    "a time beyond the calendar": (
        {"sites": [SITE], "delivery": {"give_up_after_h": 1e30}},
        "delivery.give_up_after_h = 1e+30: must be at most 8784",
    ),
    "more labels than are counted": (
        {"sites": [SITE], "learning": {"retrain_after_labels": 2_000_000}},
        "learning.retrain_after_labels = 2000000: must be at most 1000000",
    ),
    "no time to retry": (
        {"sites": [SITE], "delivery": {"retry_after_s": []}},
        "delivery.retry_after_s = []: must hold at least 1",
    ),
    "a text for a list": (in_site(hosts="a.example"), "sites.0.hosts = 'a.example': must be a list"),
    "a number for a text": (in_site(name=5), "sites.0.name = 5: must be a text"),
    "a host with a port that is none": (
        in_site(hosts=["a.example:http"]), "sites.0.hosts.0 = 'a.example:http': must name a port from 1 to 65535, or none",
    ),
    "a truth for a switch": (
        {"sites": [SITE], "policy": {"pingbacks": True}}, "policy.pingbacks = true: must be 'on' or 'off'",
    ),
    "a truth for a time": (
        {"sites": [SITE], "delivery": {"min_interval_s": True}}, "delivery.min_interval_s = true: must be a number",
    ),
    "a truth for a number": ({"sites": [SITE], "workers": True}, "workers = true: must be a whole number"),
    "a truth among times": (
        {"sites": [SITE], "delivery": {"retry_after_s": [5, False]}},
        "delivery.retry_after_s.1 = false: must be a number",
    ),
    "a text for a number": (
        {"sites": [SITE], "limits": {"multicall_members": "50"}},
        "limits.multicall_members = '50': must be a whole number",
    ),
    "half a day": (
        {"sites": [SITE], "policy": {"closed_after_days": 0.5}}, "policy.closed_after_days = 0.5: must be a whole number",
    ),
    "a truth for a threshold": (
        {"sites": [SITE], "policy": {"approve_below": True}}, "policy.approve_below = true: must be a number",
    ),
    "a text for a truth": (
        in_site(wordpress={"write_back": "yes"}), "sites.0.wordpress.write_back = 'yes': must be true or false",
    ),
    "a number for a path": ({"sites": [SITE], "state_dir": 5}, "state_dir = 5: must be a path"),
    "a method with a blank": (
        {"sites": [SITE], "policy": {"refused_methods": ["a b"]}},
        "policy.refused_methods.0 = 'a b': must be 1 to 200 characters without a blank",
    ),
    "a section that is a word": (
        {"sites": [SITE], "limits": 5},
        "limits = 5: must be a section of keys",
    ),
    "redis": (in_site() | {"redis": "http://h"}, 'redis: must be a "redis://", "rediss://" or "unix://" URL'),
}  # fmt: skip


@pytest.mark.parametrize(("raw", "sentence"), BAD.values(), ids=BAD.keys())
def test_an_error_names_key_and_value_and_what_is_allowed(raw: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ConfigError) as problem:
        from_mapping(raw)
    assert str(problem.value) == sentence


TOO_TRUSTING = {
    "all of IPv4": ["0.0.0.0/0"],
    "all of IPv6": ["::/0"],
    "IPv4 in two halves": ["0.0.0.0/1", "128.0.0.0/1"],
    "among others": ["127.0.0.0/8", "::/1"],
    "from a program": ("0.0.0.0/0",),
}


@pytest.mark.parametrize("networks", TOO_TRUSTING.values(), ids=TOO_TRUSTING.keys())
def test_trusting_everybody_is_refused(networks: object) -> None:
    with pytest.raises(ConfigError, match=r"trusted_proxies = .* must not trust every address"):
        config(trusted_proxies=networks)
    with pytest.raises(ConfigError, match=r"admin\.identity_networks = .* must not trust every address"):
        config(admin={"identity_header": "X-User", "identity_networks": networks})


def test_trusting_nobody_and_one_s_own_networks_is_allowed() -> None:
    assert config(trusted_proxies=[]).trusted_proxies == ()
    assert config(trusted_proxies=["10.0.0.1"]).trusted_proxies == (ip_network("10.0.0.1/32"),)
    assert config(trusted_proxies=["10.0.0.0/8", "fc00::/7"])


def test_secrets_come_from_the_environment_and_from_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").write_text(f"{SECRET}\n", encoding="utf-8")
    monkeypatch.setenv("PW_TEST_SECRET", SECRET)
    raw = in_site(wordpress={"username": "anna", "application_password": f"file:{tmp_path}/secret"})
    read = from_mapping(raw | {"admin": {"api_tokens": ["env:PW_TEST_SECRET", "plain"]}})
    assert read.sites[0].wordpress.application_password == SECRET
    assert read.admin.api_tokens == (SECRET, "plain")
    monkeypatch.setenv("PW_TEST_SECRET", "postgresql://h/d")
    assert config(database="env:PW_TEST_SECRET").database_url == "postgresql+asyncpg://h/d"


MISSING_SECRETS = {
    "no such variable": ("env:PW_TEST_NONE", "the environment has no variable PW_TEST_NONE"),
    "no such file": ("file:/no/such/file", "the file cannot be read (No such file or directory)"),
    "a directory": ("file:/", "the file cannot be read (Is a directory)"),
    "a name with a NUL": ("file:\0", "the file does not hold a text in UTF-8"),
    "empty": ("env:PW_TEST_EMPTY", "must not be empty"),
}


@pytest.mark.parametrize(("value", "sentence"), MISSING_SECRETS.values(), ids=MISSING_SECRETS.keys())
def test_a_secret_that_is_not_there_is_an_error(monkeypatch: pytest.MonkeyPatch, value: str, sentence: str) -> None:
    monkeypatch.delenv("PW_TEST_NONE", raising=False)
    monkeypatch.setenv("PW_TEST_EMPTY", "")
    with pytest.raises(ConfigError) as problem:
        config(admin={"api_tokens": [value]})
    assert str(problem.value) == f"admin.api_tokens.0: {sentence}"


SHOWN_NEVER = {
    "an unknown database": {"database": SECRET},
    "a database with a colon": {"database": f"{SECRET}:x"},
    "a database of another kind": {"database": f"oracle://u:{SECRET}@h"},
    "a database that is a list": {"database": [SECRET]},
    "a token that is a list": {"admin": {"api_tokens": [[SECRET]]}},
    "tokens that are no list": {"admin": {"api_tokens": SECRET}},
    "a webhook that is no URL": {"admin": {"digest_webhook": SECRET}},
    "a webhook that is a list": {"admin": {"digest_webhook": [SECRET]}},
    "a mail server that is a list": {"admin": {"digest_smtp": [SECRET]}},
    "a password that is a list": {"sites": [SITE | {"wordpress": {"application_password": [SECRET]}}]},
}


@pytest.mark.parametrize("changes", SHOWN_NEVER.values(), ids=SHOWN_NEVER.keys())
def test_a_secret_is_never_shown(changes: dict[str, Any]) -> None:
    with pytest.raises(ConfigError) as problem:
        config(**changes)
    assert SECRET not in str(problem.value)
    assert problem.value.__context__ is None or problem.value.__suppress_context__


FILES = {
    "not there": (None, "cannot be read: No such file or directory"),
    "not TOML": (b"listen = ", "is not TOML: "),
    "not UTF-8": (b"listen = '\xff'", "is not TOML: "),
    "a key twice": (b"a = 1\na = 2", "is not TOML: "),
    "nested without end": (b"a = " + b"[" * 100_000, "is nested too deeply"),
}


@pytest.mark.parametrize(("content", "sentence"), FILES.values(), ids=FILES.keys())
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None, sentence: str) -> None:
    path = tmp_path / "pingwarden.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"pingwarden\.toml") as problem:
        load(path)
    assert sentence in str(problem.value)


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "pingwarden.toml"
    path.write_text('[[sites]]\nupstream = "http://127.0.0.1:1"\n', encoding="utf-8")
    assert load(path).sites[0].upstream == "http://127.0.0.1:1"

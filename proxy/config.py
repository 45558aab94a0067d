"""The configuration: TOML read once, checked completely, then frozen.

A bad value or an unknown key is a `ConfigError` of one sentence that names the key, the value and what is allowed.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from proxy.errors import ConfigError, MalformedPing
from proxy.policy import Number, Policy, Whole
from proxy.urls import Url, ascii_host, parse

_NARROWEST_TRUST_BITS = 7  # fc00::/7, the widest network that one owner can have
_YEAR_S = 366 * 86400
_NAME = re.compile("[A-Za-z0-9._-]{1,64}")
_SECRETS = frozenset({"application_password", "api_tokens", "database", "redis", "digest_webhook", "digest_smtp"})


def _secret(value: object) -> object:
    """Return the secret itself: "env:NAME" is read from the environment, "file:PATH" from a file."""
    if not isinstance(value, str):
        return value
    if value.startswith("env:"):
        name = value[4:]
        if name not in os.environ:
            raise ValueError(f"the environment has no variable {name}")
        return os.environ[name]
    if value.startswith("file:"):
        try:
            return Path(value[5:]).read_text(encoding="utf-8").strip()
        except OSError as problem:
            raise ValueError(f"the file cannot be read ({problem.strerror})") from None
        except ValueError:
            raise ValueError("the file does not hold a text in UTF-8") from None
    return value


def _http_url(value: object) -> object:
    if not isinstance(value, str) or value == "":
        return value
    try:
        parts = urlsplit(value)
        odd = parts.query or parts.fragment or "@" in parts.netloc or parts.port == 0
    except ValueError:
        odd = True
    if odd or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError('must look like "http://host:port" or "https://host/path"')
    return value.rstrip("/")


def _redis_url(value: str) -> str:
    if value and not value.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError('must be a "redis://", "rediss://" or "unix://" URL')
    return value


def _host(value: object) -> object:
    if not isinstance(value, str):
        return value
    name, colon, port = value.partition(":")
    try:
        host = ascii_host(name if "/" not in port else value)  # of a URL no part is taken for a port
    except MalformedPing:
        raise ValueError('must be a host such as "blog.example" or "blog.example:8080"') from None
    if colon and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise ValueError("must name a port from 1 to 65535, or none")
    return host + colon + port


def _listen(value: object) -> object:
    if not isinstance(value, str) or not value.rpartition(":")[2].isdigit() or not value.rpartition(":")[0]:
        raise ValueError('must look like "127.0.0.1:8700"')
    if int(value.rpartition(":")[2]) > 65535:
        raise ValueError("must name a port from 0 to 65535")
    return value


def _name(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise ValueError("must be 1 to 64 of the characters A-Z a-z 0-9 . _ -")
    return value


def _given(value: str) -> str:
    if not value:
        raise ValueError("must not be empty")
    return value


def _network(value: object) -> object:
    try:
        return ip_network(str(value))
    except ValueError:
        raise ValueError('must be a network such as "10.0.0.0/8" or an address') from None


def _trusted(networks: "Networks") -> "Networks":
    if any(network.prefixlen < _NARROWEST_TRUST_BITS for network in networks):
        raise ValueError("must not trust every address: anybody could then claim to be anybody")
    return networks


Flag = Annotated[bool, Strict()]
Secret = Annotated[str, BeforeValidator(_secret)]
Tokens = tuple[Annotated[Secret, AfterValidator(_given)], ...]
HttpUrl = Annotated[str, BeforeValidator(_http_url)]
Endpoint = Annotated[str, BeforeValidator(_listen)]
Networks = tuple[Annotated[IPv4Network | IPv6Network, BeforeValidator(_network)], ...]
Trusted = Annotated[Networks, AfterValidator(_trusted)]
Host = Annotated[str, BeforeValidator(_host)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=False, allow_inf_nan=False)


class WordPressAccess(_Section):
    """How labels are read from and written to WordPress (optional)."""

    username: str = ""
    application_password: Secret = ""
    write_back: Flag = False  # a delivered ping that a person here calls spam is marked so in WordPress


@lru_cache(maxsize=1024)  # asked for with every request
def _hosts_of(named: tuple[str, ...], public_host: str) -> frozenset[str]:
    return frozenset({*named, public_host})


class Site(_Section):
    """One WordPress site behind us."""

    name: Annotated[str, AfterValidator(_name)] = "site"
    hosts: tuple[Host, ...] = ()
    public_url: HttpUrl = ""
    upstream: Annotated[HttpUrl, AfterValidator(_given)]
    mode: Literal["enforce", "observe"] = "enforce"
    wordpress: WordPressAccess = WordPressAccess()
    api_tokens: Tokens = ()  # of programs that reach this site alone
    policy: Policy = Policy()  # in a whole `Config`: what is for all, with the site's own keys over it

    @property
    def home(self) -> str:
        """The address that readers know, without a slash at its end; the upstream's where none is given."""
        return self.public_url or self.upstream

    @property
    def our_hosts(self) -> frozenset[str]:
        """Hosts (`host` or `host:port`, lower case) whose URLs are this site's."""
        return _hosts_of(self.hosts, self.public_host)

    @property
    def public_host(self) -> str:
        """The Host header of the public URL, with its port where it has one."""
        return self._url.origin.partition("://")[2]

    @property
    def _url(self) -> Url:
        return parse(self.home + "/")

    @model_validator(mode="after")
    def _has_an_address(self) -> Self:
        try:
            _ = self._url
        except MalformedPing:
            key = "public_url" if self.public_url else "public_url is missing, and upstream"
            raise ValueError(f'{key} = "{self.home}" is not how readers name a site: "https://blog.example"') from None
        return self


class Fetch(_Section):
    """What may be fetched besides public addresses on usual ports."""

    allow_networks: Networks = ()
    ports: tuple[Annotated[Whole, Field(ge=1, le=65535)], ...] = (80, 443, 8080)


class Limits(_Section):
    """Bounds on what strangers can ask of us."""

    linkbacks_per_client_per_minute: Whole = Field(default=30, ge=1)
    linkbacks_per_target_per_hour: Whole = Field(default=120, ge=1)
    fetches_per_address_per_minute: Whole = Field(default=10, ge=1)
    fetches_per_domain_per_minute: Whole = Field(default=10, ge=1)
    multicall_members: Whole = Field(default=50, ge=1)
    calls_per_client_per_minute: Whole = Field(default=0, ge=0)  # of any method; 0: no limit
    call_bytes_per_client_per_minute: Whole = Field(default=0, ge=0)
    failed_logins_per_client_per_hour: Whole = Field(default=20, ge=1)
    max_call_bytes: Whole = Field(default=134_217_728, ge=1024)
    max_form_bytes: Whole = Field(default=67_108_864, ge=1024)


class Delivery(_Section):
    """How approved pings are handed to WordPress."""

    min_interval_s: Number = Field(default=16, ge=0, le=86400)
    retry_after_s: tuple[Annotated[Number, Field(ge=0, le=_YEAR_S)], ...] = Field(
        default=(5, 60, 600, 3600, 21600), min_length=1
    )
    give_up_after_h: Number = Field(default=72, gt=0, le=_YEAR_S / 3600)


class Admin(_Section):
    """Who may use the API and the admin pages, and how people are told what waits for them."""

    api_tokens: Tokens = ()
    public_url: HttpUrl = ""  # where people open the admin pages; behind https only such a session is taken
    session_idle_h: Number = Field(default=12, gt=0, le=_YEAR_S / 3600)
    session_max_days: Number = Field(default=14, gt=0, le=_YEAR_S / 86400)
    undo_s: Number = Field(default=10, ge=0, le=3600)  # an approved ping waits so long before it goes to WordPress
    identity_header: str = ""  # a header in which the web server names who is signed in; empty: not believed
    identity_networks: Trusted = ()  # whose identity header is believed
    identity_role: Literal["moderator", "reader"] = "reader"  # of a named person without a password here
    digest_webhook: Secret = ""  # where a digest is posted as JSON; such addresses often hold a key
    digest_email: str = ""
    digest_smtp: Secret = "smtp://127.0.0.1:25"
    digest_language: Literal["en", "de"] = "en"  # of the e-mail
    digest_every_h: Number = Field(default=24, gt=0, le=_YEAR_S / 3600)

    @model_validator(mode="after")
    def _are_whole(self) -> Self:
        if self.digest_webhook and not self.digest_webhook.startswith(("http://", "https://")):
            raise ValueError("digest_webhook must be an http or https URL")
        if self.identity_header and not self.identity_networks:
            raise ValueError("identity_header needs identity_networks: else anybody could claim to be anybody")
        return self


class Privacy(_Section):
    """What is kept of senders and of pages, and how long. 0 days: for ever."""

    addresses: Literal["full", "shortened", "hashed"] = "full"
    keep_addresses_days: Whole = Field(default=0, ge=0, le=36_600)
    keep_extracts_days: Whole = Field(default=0, ge=0, le=36_600)  # title, excerpt and link text of a source's page
    keep_rejected_days: Whole = Field(default=0, ge=0, le=36_600)  # rejected pings, after that they were never seen
    keep_pings_days: Whole = Field(default=0, ge=0, le=36_600)  # every ping that is decided and delivered


class Learning(_Section):
    """When the model is trained anew, and how often WordPress's moderation is read."""

    retrain_after_labels: Whole = Field(default=20, ge=0, le=1_000_000)  # new ones since the last training; 0: never
    retrain_at_most_every_h: Number = Field(default=6, ge=0, le=_YEAR_S / 3600)
    sync_every_h: Number = Field(
        default=1, ge=0, le=_YEAR_S / 3600
    )  # where access to WordPress is configured; 0: never


class Config(_Section):
    """Everything that can be set, with its defaults."""

    listen: Endpoint = "127.0.0.1:8700"
    admin_listen: Endpoint = "127.0.0.1:8701"
    state_dir: Path = Path("/var/lib/pingwarden")
    database: Secret = ""
    redis: Annotated[Secret, AfterValidator(_redis_url)] = ""
    trusted_proxies: Trusted = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))
    answer_within_s: Number = Field(default=2.5, gt=0, le=60)
    upstream_timeout_s: Number = Field(default=120, gt=0, le=86400)
    workers: Whole = Field(default=1, ge=1, le=64)  # processes that take requests
    policy: Policy = Policy()
    sites: tuple[Site, ...] = Field(min_length=1)
    fetch: Fetch = Fetch()
    limits: Limits = Limits()
    delivery: Delivery = Delivery()
    admin: Admin = Admin()
    learning: Learning = Learning()
    privacy: Privacy = Privacy()

    @field_validator("sites")
    @classmethod
    def _inherit(cls, sites: tuple[Site, ...], known: ValidationInfo) -> tuple[Site, ...]:
        common = known.data.get("policy", Policy())  # missing when it is itself what is wrong
        return tuple(site.model_copy(update={"policy": site.policy.inheriting(common)}) for site in sites)

    @model_validator(mode="after")
    def _sites_differ(self) -> Self:
        names: dict[str, int] = {}
        claimed: dict[str, int] = {}
        for number, site in enumerate(self.sites):
            before = names.setdefault(site.name, number)
            if before != number:
                raise ValueError(
                    f"sites.{number}.name = {site.name!r} is that of sites.{before}: it needs one of its own"
                )
            for host in sorted(site.our_hosts):
                before = claimed.setdefault(host, number)
                if before != number:
                    raise ValueError(
                        f"the host {host!r} of sites.{number} is that of sites.{before}: it belongs to one alone"
                    )
        return self

    @property
    def database_url(self) -> str:
        """The SQLAlchemy URL of the database, with the driver that is used for it."""
        if not self.database:
            return f"sqlite+aiosqlite:///{self.state_dir / 'pingwarden.sqlite3'}"
        for plain, driver in (("postgresql://", "postgresql+asyncpg://"), ("mysql://", "mysql+asyncmy://")):
            if self.database.startswith(plain):
                return driver + self.database.removeprefix(plain)
        scheme, colon, _ = self.database.partition("://")
        shown = f' = "{scheme}://…"' if colon else ""  # the rest may be a password
        raise ConfigError(f'database{shown}: leave it empty, or give a "postgresql://" or "mysql://" URL')


def load(path: Path, changes: Mapping[str, Any] | None = None) -> Config:
    """Read the TOML file at *path*, with *changes* in the place of its own keys. Raises `ConfigError`."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise ConfigError(f"{path} cannot be read: {problem.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise ConfigError(f"{path} is not TOML: {problem}") from None
    except RecursionError:
        raise ConfigError(f"{path} is nested too deeply") from None
    return from_mapping({**raw, **(changes or {})})


def from_mapping(raw: Mapping[str, Any]) -> Config:
    """Return the checked configuration of *raw* (as TOML gives it). Raises `ConfigError`."""
    try:
        config = Config.model_validate(dict(raw))
    except ValidationError as problem:
        raise ConfigError(_sentence(problem)) from None
    _ = config.database_url
    return config


# What is allowed, by pydantic's names for what is wrong. The limits are in its context.
_ALLOWED = {
    "too_short": "must hold at least {min_length}",
    "tuple_type": "must be a list",
    "string_type": "must be a text",
    "path_type": "must be a path",
    "literal_error": "must be {expected}",
    "greater_than_equal": "must be at least {ge:.10g}",
    "greater_than": "must be over {gt:.10g}",
    "less_than_equal": "must be at most {le:.10g}",
    "finite_number": "must be a finite number",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "model_type": "must be a section of keys",
}


def _sentence(problem: ValidationError) -> str:
    first = problem.errors(include_url=False)[0]
    kind, where = first["type"], first["loc"]
    key = ".".join(map(str, where))
    if kind == "extra_forbidden":
        return f"unknown key {key}"
    if kind == "missing":
        return f"{key} is missing"
    what = first["msg"].removeprefix("Value error, ")
    if kind in _ALLOWED:
        what = _ALLOWED[kind].format(**first.get("ctx", {}))
    value = first.get("input")
    secret = not _SECRETS.isdisjoint(map(str, where))
    shown = "" if isinstance(value, dict) or secret else f" = {_as_toml(value)}"
    return f"{key}{shown}: {what}" if key else what


def _as_toml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else repr(value)

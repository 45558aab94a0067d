"""Configurations for the servers around us, as templates; `pingwarden print-config` fills them in."""

import re
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import jinja2

from proxy.config import Config, Site
from proxy.identify import PLAIN_SCRIPTS

_HERE = Path(__file__).parent
_STATES = Path("/var/lib")  # where systemd makes a StateDirectory=


def names() -> list[str]:
    """Return the servers that there is a recipe for."""
    return sorted(path.name.removesuffix(".j2") for path in _HERE.glob("*.j2"))


def render(name: str, config: Config, *, config_file: str, root: str, php: str, state_dir: Path | None = None) -> str:
    """Return the complete, commented configuration of *name* for the sites of *config*.

    *config* is what *config_file* says, with *state_dir* in the place of its own where that was named beside it.
    *root* is WordPress's directory and *php* the php-fpm socket or address.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701 - no HTML: configuration files, filled from the owner's own configuration
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"re": re.escape, "apache_php": _apache_php, "caddy_php": _caddy_php}
    template = environment.get_template(f"{name}.j2")
    inner = Counter(_inner(site) for site in config.sites)
    sites = [{**_described(site), "shares_inner": inner[_inner(site)] > 1} for site in config.sites]
    return template.render(
        config=config,
        config_file=config_file,
        state_dir=state_dir,
        sites=sites,
        root=root,
        php=php,
        scripts=sorted(PLAIN_SCRIPTS),
        state=_state(config.state_dir.absolute()),
        pingwarden=config.listen,  # where Pingwarden is found, and whether the web server is apart from all others:
        apart=False,  # both are otherwise among containers
    )


def _described(site: Site) -> dict[str, object]:
    home, (inner_host, inner_port) = urlsplit(site.home), _inner(site)
    names = sorted({host.partition(":")[0] for host in site.hosts} | {home.hostname or "_"})
    port = home.port or (443 if home.scheme == "https" else 80)
    return {
        "name": site.name.replace(".", "_").replace("-", "_"),
        "title": site.name,
        "home": site.home,
        "https": home.scheme == "https",
        "port": port,
        "names": " ".join(names),
        "addresses": ", ".join(f"{home.scheme}://{name}:{port}" for name in names),
        "base": home.path.rstrip("/"),
        "inner": f"{inner_host}:{inner_port}",
        "inner_host": inner_host,
        "inner_port": inner_port,
        "inner_addresses": ", ".join(f"http://{name}:{inner_port}" for name in names),
    }


def _inner(site: Site) -> tuple[str, int]:
    """Return host and port where the site's upstream listens, as web servers write them."""
    upstream = urlsplit(site.upstream)
    host = upstream.hostname or ""
    return f"[{host}]" if ":" in host else host, upstream.port or 80


def _state(directory: Path) -> dict[str, object]:
    """Return where the state is, as systemd sees it: `below` its own directory for states, or `hidden` by default."""
    own = directory.is_relative_to(_STATES) and directory != _STATES
    return {
        "directory": directory,
        "below": directory.relative_to(_STATES) if own else None,
        "hidden": any(directory.is_relative_to(one) for one in ("/home", "/root", "/run/user", "/tmp", "/var/tmp")),  # noqa: S108 - compared
    }


def _apache_php(php: str) -> str:
    """Return the handler under which Apache reaches php-fpm, which is named as nginx names it."""
    return f"proxy:{php}|fcgi://localhost" if php.startswith("unix:") else f"proxy:fcgi://{php}"


def _caddy_php(php: str) -> str:
    """Return how Caddy names php-fpm."""
    return f"unix/{php.removeprefix('unix:')}" if php.startswith("unix:") else php

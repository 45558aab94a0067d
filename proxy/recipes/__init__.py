"""Configurations for the servers around us, as templates; `pingwarden print-config` fills them in."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import jinja2

from proxy.config import Config, Site
from proxy.identify import PLAIN_SCRIPTS

_HERE = Path(__file__).parent


def names() -> list[str]:
    """Return the servers that there is a recipe for."""
    return sorted(path.name.removesuffix(".j2") for path in _HERE.glob("*.j2"))


def render(name: str, config: Config, *, config_file: str, root: str, php: str) -> str:
    """Return the complete, commented configuration of *name* for the sites of *config*.

    *root* is WordPress's directory and *php* the php-fpm socket or address.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701 - no HTML: configuration files, filled from the owner's own configuration
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["re"] = re.escape
    template = environment.get_template(f"{name}.j2")
    sites = [_described(site) for site in config.sites]
    return template.render(
        config=config, config_file=config_file, sites=sites, root=root, php=php, scripts=sorted(PLAIN_SCRIPTS)
    )


def _described(site: Site) -> dict[str, object]:
    home, upstream = urlsplit(site.home), urlsplit(site.upstream)
    names = sorted({host.partition(":")[0] for host in site.hosts} | {home.hostname or "_"})
    return {
        "name": site.name.replace(".", "_").replace("-", "_"),
        "title": site.name,
        "home": site.home,
        "https": home.scheme == "https",
        "port": home.port or (443 if home.scheme == "https" else 80),
        "names": " ".join(names),
        "base": home.path.rstrip("/"),
        "inner": f"{upstream.hostname}:{upstream.port or 80}",
    }

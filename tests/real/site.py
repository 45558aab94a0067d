"""What every WordPress under test can be asked and told, whatever it runs on."""

import json
import shutil
import subprocess
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.real.httpclient import call
from tests.real.parts import program
from tests.real.process import LOOPBACK, free_port, fresh_directory

PHP = Path(__file__).parent / "php"

PRETTY = "/%year%/%monthnum%/%day%/%postname%/"
PLAIN = ""

POSTS: Mapping[str, tuple[int, str]] = {
    "hello-world": (1, "/2024/03/01/hello-world/"),
    "alpha": (4, "/2024/03/03/alpha/"),
    "beta": (5, "/2024/03/02/beta/"),
    "gamma": (6, "/2024/03/03/gamma/"),
    "closed": (7, "/2024/03/04/closed/"),
    "about": (8, "/about/"),
}
"""Number and path of every post there is; all take pings but `closed`."""


@dataclass(frozen=True)
class Switches:
    """What may be changed while a site runs. The defaults are WordPress's own."""

    public_url: str = ""
    """home and siteurl: the site's address as the world knows it; empty for the site's own."""
    permalinks: str = PRETTY
    flood: bool = True
    """WordPress's throttle: one ping per 15 s."""
    approve_at_once: bool = False
    trust_forwarded_for: bool = False
    """Take the last address of X-Forwarded-For for the sender's."""
    environment: str = "production"
    options: Mapping[str, str] = field(default_factory=dict)
    """Any other option of WordPress, by name."""


@dataclass(frozen=True)
class Comment:
    """A row of wp_comments."""

    id: int
    post: int
    type: str
    approved: str
    author: str
    author_url: str
    content: str
    ip: str
    agent: str


_COMMENTS = """select json_object('id', comment_ID, 'post', comment_post_ID, 'type', comment_type,
 'approved', comment_approved, 'author', comment_author, 'author_url', comment_author_url, 'content', comment_content,
 'ip', comment_author_IP, 'agent', comment_agent)
 from {prefix}comments where comment_type in ('pingback', 'trackback') order by comment_ID"""


@dataclass(frozen=True)
class Traced:
    """Something that WordPress did, as the must-use plugin wrote it down."""

    at: float
    """When, in seconds since 1970."""
    what: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Published:
    """A post that a test published."""

    id: int
    url: str


class Site(ABC):
    """A WordPress of its own, under a directory of its own, on a loopback port of its own."""

    def __init__(self, *, subpath: str, port: int, multisite: bool, switches: Switches, host: str = LOOPBACK) -> None:
        """Nothing runs yet: `_install` and whatever serves it are the business of the heirs."""
        self.directory = fresh_directory()
        self.subpath = subpath
        self.multisite = multisite
        self.port = port or free_port()
        self.host = host
        self.address = f"http://{host}:{self.port}{subpath}"
        self.web = self.directory / f"www{subpath}"
        self.switches = switches
        self.application_password = ""
        self.version = ""
        self._started_with = switches
        self._trace = self.directory / "trace.jsonl"

    # --- what a heir knows

    @abstractmethod
    def query(self, sql: str) -> list[str]:
        """Run `sql` and return the first column of its rows."""

    @abstractmethod
    def _database(self) -> Mapping[str, str]:
        """The name and host of the database, for wp-config.php."""

    @abstractmethod
    def _stop_servers(self) -> None:
        """End whatever was started."""

    # --- telling

    @property
    def url(self) -> str:
        """The site's address as the world knows it."""
        return self.switches.public_url or self.address

    def permalink(self, slug: str) -> str:
        """The public address of one of POSTS."""
        number, path = POSTS[slug]
        return f"{self.url}{path}" if self.switches.permalinks else f"{self.url}/?p={number}"

    def configure(self, **changes: Any) -> None:
        """Change some switches; the next request sees them."""
        before = self.switches
        self.switches = replace(before, **changes)
        if before.permalinks != self.switches.permalinks:
            self.query("update wp_options set option_value = '' where option_name = 'rewrite_rules'")
        self._write_settings()

    def reset(self) -> None:
        """Back to the switches of the start, and no comment, trace or waiting ping left."""
        self.configure(**asdict(self._started_with))
        for table in ("wp_comments", "wp_commentmeta"):
            self.query(f"delete from {table}")
        self.query("update wp_posts set comment_count = 0")
        self._trace.write_bytes(b"")

    def publish(self, title: str, content: str) -> Published:
        """Publish a post; the pages that it links to are told by `run_cron`."""
        return Published(**self._php("publish", {"post_title": title, "post_content": content}))

    def run_cron(self) -> None:
        """Do what WordPress does in the background, such as sending pings; returns when it is done."""
        self._php("cron", answers=False)

    # --- asking

    def call(self, method: str, *parameters: Any) -> Any:
        """Call a method of the site's own xmlrpc.php, past everything in between."""
        return call(f"{self.address}/xmlrpc.php", method, *parameters)

    def mark(self) -> int:
        """This moment, for `trace`."""
        return self._trace.stat().st_size

    def trace(self, since: int = 0) -> list[Traced]:
        """What WordPress did since that mark."""
        with self._trace.open("rb") as lines:
            lines.seek(since)
            return [Traced(**json.loads(line)) for line in lines]

    def executed(self, since: int = 0) -> list[Traced]:
        """The linkbacks among them: calls of pingback.ping, and trackbacks about to be stored."""

        def is_linkback(seen: Traced) -> bool:
            return seen.what == "trackback" or seen.data.get("method") == "pingback.ping"

        return [seen for seen in self.trace(since) if is_linkback(seen)]

    def comments(self, prefix: str = "wp_") -> list[Comment]:
        """All stored pingbacks and trackbacks, oldest first; "wp_2_" is the prefix of a network's second site."""
        return [Comment(**json.loads(row)) for row in self.query(_COMMENTS.format(prefix=prefix))]

    def stop(self) -> None:
        """End it and remove its files."""
        self._stop_servers()
        shutil.rmtree(self.directory, ignore_errors=True)

    # --- making

    def _install(self) -> None:
        self._trace.touch()
        self._write_settings()
        (self.web / "wp-config.php").write_text(
            (PHP / "wp-config.php").read_text().replace("@DIRECTORY@", str(self.directory))
        )
        content = self.web / "wp-content"
        for name in ("uploads", "mu-plugins", "upgrade"):
            (content / name).mkdir(parents=True, exist_ok=True)
        shutil.copy(PHP / "harness.php", content / "mu-plugins")
        shutil.copytree(PHP / "theme", content / "themes" / "bare")
        installed = self._php("install")
        self.application_password = installed["application_password"]
        self.version = installed["version"]
        if self.multisite:
            self._php("network")
            self._php("second_site", single=False)

    def _write_settings(self) -> None:
        options = dict(self.switches.options, permalink_structure=self.switches.permalinks)
        if self.switches.approve_at_once:
            options["comment_previously_approved"] = "0"
        settings = {
            "database": self._database(),
            "subpath": self.subpath,
            "multisite": self.multisite,
            "public_url": self.url,
            "authority": urlsplit(self.url).netloc,
            "environment": self.switches.environment,
            "flood": self.switches.flood,
            "sends_from": self.host,
            "trust_forwarded_for": self.switches.trust_forwarded_for,
            "options": options,
        }
        # In one step: a request must never find half a file.
        fresh = self.directory / "settings.new"
        fresh.write_text(json.dumps(settings))
        fresh.replace(self.directory / "settings.json")

    def _php(self, action: str, data: Any = None, *, single: bool = True, answers: bool = True) -> Any:
        """Run one of php/actions inside this WordPress. `single`: as if it were no network yet."""
        installing = action in {"install", "network"}
        done = subprocess.run(
            [
                program("php8.2"),
                "-d",
                "display_errors=stderr",
                str(PHP / "cli.php"),
                str(self.directory),
                action,
            ],
            input=json.dumps(data).encode(),
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
            | ({"PINGWARDEN_SINGLE": "1"} if single and installing else {}),
            capture_output=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{action}: {done.stderr.decode(errors='replace')[-2000:]}")
        return json.loads(done.stdout) if answers else None


def unzip(archive: Path, target: Path) -> None:
    """Unpack a zip file."""
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(target)

"""The proxy itself, started as its owner starts it: `pingwarden serve --config FILE`."""

import json
import subprocess
import sys
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.real.httpclient import Answer, request
from tests.real.process import LOOPBACK, Process, free_port, listens, wait_until
from tests.real.web import ELSEWHERE

ROOT = Path(__file__).parents[2]
TOKEN = "token-of-the-tests"

# Every source and every sender of the tests is the same machine.
_MANY = 1_000_000
_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "fetch": {"allow_networks": ["127.0.0.0/8"]},
    "limits": {
        "linkbacks_per_client_per_minute": _MANY,
        "linkbacks_per_target_per_hour": _MANY,
        "fetches_per_address_per_minute": _MANY,
        "fetches_per_domain_per_minute": _MANY,
    },
    "delivery": {"min_interval_s": 0},
    "admin": {"api_tokens": [TOKEN]},
}


def _toml(value: Any) -> str:
    # TOML's strings, numbers and lists of them are written as in JSON.
    return json.dumps(value)


def configuration(top: Mapping[str, Any], site: Mapping[str, Any], tables: Mapping[str, Mapping[str, Any]]) -> str:
    """A configuration file with one site."""
    lines = [f"{key} = {_toml(value)}" for key, value in top.items()]
    lines += ["[[sites]]", *(f"{key} = {_toml(value)}" for key, value in site.items())]
    for name, table in tables.items():
        lines += [f"[{name}]", *(f"{key} = {_toml(value)}" for key, value in table.items())]
    text = "\n".join(lines) + "\n"
    tomllib.loads(text)
    return text


class Pingwarden:
    """A configuration with its state, and the process while one runs."""

    def __init__(
        self,
        directory: Path,
        upstream: str,
        *,
        public_url: str = "",
        port: int = 0,
        site: Mapping[str, Any] | None = None,
        top: Mapping[str, Any] | None = None,
        module: Sequence[str] = ("proxy",),
        **tables: Mapping[str, Any],
    ) -> None:
        """Write the configuration; `tables` are added to the defaults of the tests, `top` are keys of no table.

        `module` is what Python runs as the command line, with the arguments that it takes before the command. Nothing
        runs yet.
        """
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        self.file = directory / "pingwarden.toml"
        self.log = directory / "serve.log"
        self.state = directory / "state"
        self._program = [sys.executable, "-m", *module]
        self.port, self._admin_port = port or free_port(), free_port()
        self.address = f"http://{LOOPBACK}:{self.port}"
        self.admin = f"http://{LOOPBACK}:{self._admin_port}"
        top = {
            "listen": f"{LOOPBACK}:{self.port}",
            "admin_listen": f"{LOOPBACK}:{self._admin_port}",
            "state_dir": str(self.state),
            **(top or {}),
        }
        merged = {name: {**_DEFAULTS.get(name, {}), **tables.get(name, {})} for name in {**_DEFAULTS, **tables}}
        one = {"name": "blog", "upstream": upstream, "public_url": public_url or self.address, **(site or {})}
        self.file.write_text(configuration(top, one, merged))
        self._process: Process | None = None

    # --- running

    @property
    def process(self) -> Process:
        """The one that runs, or that ran last."""
        assert self._process
        return self._process

    @property
    def alive(self) -> bool:
        """Whether one runs."""
        return self._process is not None and self._process.alive

    def launch(self) -> None:
        """Start `serve`."""
        self._process = Process([*self._program, "serve", "--config", str(self.file)], self.log, cwd=ROOT)

    def start(self) -> None:
        """Start `serve`, and wait until it says that it is ready."""
        self.launch()
        self.process.wait_until(self._ready, "pingwarden", seconds=40)

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self._process = None

    def stop(self) -> None:
        """End it, if it runs."""
        if self._process:
            self._process.stop()
            self._process = None

    def command(self, *arguments: str) -> str:
        """Run another of its commands with this configuration, and return what it prints."""
        command = [*self._program, *arguments, "--config", str(self.file)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def troubles(self) -> list[str]:
        """What it logged as errors of its own."""
        lines = self.log.read_text(errors="replace").splitlines()
        return [line for line in lines if line.startswith(("ERROR", "CRITICAL", "Traceback", "proxy.errors"))]

    def _ready(self) -> bool:
        try:
            return listens(self._admin_port) and request("GET", f"{self.admin}/readyz", timeout=5).status == 200
        except OSError:
            return False

    def readiness(self) -> Mapping[str, str]:
        """What it says of its own state."""
        answer: Mapping[str, str] = request("GET", f"{self.admin}/readyz", timeout=5).json()
        return answer

    # --- the owner's side

    def api(self, method: str, path: str, data: Any = None) -> Answer:
        """Ask the API."""
        headers = [("Authorization", f"Bearer {TOKEN}"), ("Content-Type", "application/json")]
        body = None if data is None else json.dumps(data).encode()
        return request(method, f"{self.admin}/api/v1/{path}", headers, body)

    def pings(self) -> list[Mapping[str, Any]]:
        """All pings, the newest first."""
        items: list[Mapping[str, Any]] = []
        cursor = ""
        while True:
            answer = self.api("GET", f"pings?limit=100&cursor={cursor}")
            assert answer.status == 200, answer.text
            page = answer.json()
            items += page["items"]
            cursor = page["next"]
            if not cursor:
                return items

    def states(self) -> dict[str, str]:
        """The state of the newest ping of every source."""
        return {ping["source_url"]: ping["state"] for ping in reversed(self.pings())}

    def wait_for(
        self, condition: Callable[[dict[str, str]], bool], what: str, *, seconds: float = 30
    ) -> dict[str, str]:
        """The states as soon as they fulfil `condition`."""

        def fulfilled() -> dict[str, str] | None:
            states = self.states()
            return states if condition(states) else None

        try:
            return wait_until(fulfilled, what, seconds=seconds)
        except AssertionError as late:
            raise AssertionError(f"{late}; the states are {self.states()}") from None

    def approve_hosts(self, hosts: Sequence[str] = (ELSEWHERE,)) -> None:
        """Add the owner's rule that sources on these hosts are welcome."""
        rule = {"name": "friends", "when": {"source_host": list(hosts)}, "action": "approve"}
        answer = self.api("POST", "rules", rule)
        assert answer.status == 200, answer.text

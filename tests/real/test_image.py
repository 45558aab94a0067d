"""The printed Containerfile and compose file, built and run by a real engine; skipped where there is none.

The other images of the compose file are stand-ins made of Debian's packages (images/), for no registry is asked.
"""

import json
import secrets
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode
from xmlrpc.client import Fault

import pytest
import yaml

from tests.real.containers import DEBIAN, IMAGE, Engine, compose_program, wanted_engine
from tests.real.httpclient import call, request
from tests.real.park import Park
from tests.real.pingwarden import ROOT, Pingwarden
from tests.real.process import LOOPBACK, Process, free_port, wait_until
from tests.real.web import Web

STATE = "/var/lib/pingwarden"
PLACES = {"listen": "0.0.0.0:8700", "state_dir": STATE, "trusted_proxies": ["172.30.0.0/24"]}
FRIEND = "friend.example"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The engine, with the image that the printed Containerfile makes of this checkout."""
    with wanted_engine():
        engine = Engine()
    described = Pingwarden(tmp_path_factory.mktemp("image"), "http://nginx:8080")
    engine.build(ROOT, described.command("print-config", "container"))
    yield engine
    engine.forget()


class Contained(Pingwarden):
    """The same proxy, in a container that has no network of its own."""

    engine: Engine
    volume: str

    def launch(self) -> None:
        """Start it under the restrictions of the compose file."""
        service = yaml.safe_load(self.command("print-config", "compose"))["services"]["pingwarden"]
        assert service["read_only"] is True
        options = [
            "--read-only",
            *(f"--cap-drop={name}" for name in service["cap_drop"]),
            *(f"--security-opt={option.removesuffix(':true')}" for option in service["security_opt"]),
            *(f"--tmpfs={path}" for path in service["tmpfs"]),
        ]
        mounts = [f"--volume={self.file}:/etc/pingwarden.toml:ro", f"--volume={self.volume}:{STATE}"]
        command = [*self.engine.command, "run", "--rm", "--pull=never", "--network=host", *options, *mounts, IMAGE]
        self._process = Process(command, self.log, env=self.engine.environment)


def status_of(engine: Engine, container: str) -> dict[str, str]:
    """What the kernel says of the first process of a container."""
    pid = engine.run("inspect", "--format", "{{.State.Pid}}", container)
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    mounted = Path(f"/proc/{pid}/mountinfo").read_text().splitlines()
    [root] = [line.split()[5] for line in mounted if line.split()[4] == "/"]
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)} | {"root": root}


def assert_it_may_do_nothing(engine: Engine, container: str) -> None:
    """A user of its own, no capability, none to be won, and nothing of its files to be changed."""
    status = status_of(engine, container)
    assert status["Uid"].split() == ["10001"] * 4
    assert int(status["CapEff"], 16) == int(status["CapBnd"], 16) == 0
    assert status["NoNewPrivs"] == "1"
    assert "ro" in status["root"].split(",")


@pytest.mark.timeout(900)
def test_the_image_judges_for_a_real_wordpress_and_keeps_what_it_knows(
    engine: Engine, park: Park, web: Web, tmp_path: Path
) -> None:
    site = park.wordpress("7.1")
    port = free_port()
    site.configure(public_url=f"http://{LOOPBACK}:{port}", flood=False)
    proxy = Contained(tmp_path, site.address, port=port, top={"state_dir": STATE})
    proxy.file.chmod(0o644)
    proxy.engine, proxy.volume = engine, f"state-{secrets.token_hex(4)}"
    target = site.permalink("alpha")
    try:
        proxy.start()
        container = engine.run("ps", "--quiet", "--filter", f"volume={proxy.volume}")
        assert_it_may_do_nothing(engine, container)
        proxy.approve_hosts()
        source = web.link("/in-a-container", target)
        call(f"{proxy.address}/xmlrpc.php", "pingback.ping", source, target)
        proxy.wait_for(lambda states: states.get(source) == "delivered", "the delivery")
        proxy.process.terminate()
        wait_until(lambda: not proxy.alive, "the end of the container")
        assert proxy.process.status == 0
        assert "stopping" in proxy.log.read_text()
        proxy.start()
        assert proxy.states() == {source: "delivered"}
    finally:
        proxy.stop()
        engine.run("volume", "rm", "--force", proxy.volume)
    assert [comment.author_url for comment in site.comments()] == [source]
    assert proxy.troubles() == []


class House:
    """A directory as the head of the compose file wants it, and the containers that it makes."""

    def __init__(self, directory: Path, engine: Engine, program: str) -> None:
        """Write everything. Nothing runs yet."""
        self.engine = engine
        self.public = f"http://{LOOPBACK}:{free_port()}"
        self._directory = directory
        self._project = f"pingwarden-{secrets.token_hex(4)}"
        (directory / "web").mkdir()
        directory.chmod(0o700)
        self.proxy = Pingwarden(
            directory,
            "http://nginx:8080",
            public_url=self.public,
            top=PLACES,
            fetch={"allow_networks": ["172.30.0.0/24"]},
        )
        # Inside it listens on every address of its container; Pingwarden the class knows the port that is published.
        admin = self.proxy.admin.removeprefix("http://")
        text = self.proxy.file.read_text().replace(
            f'admin_listen = "{admin}"', f'admin_listen = "0.0.0.0:{admin.rpartition(":")[2]}"'
        )
        self.proxy.file.write_text(text.replace("[admin]", f'[admin]\npublic_url = "{self.proxy.admin}"'))
        printed = self.proxy.command("print-config", "compose")
        port = self.public.rpartition(":")[2]
        assert f'- "{port}:{port}"' in printed
        # The one change: nobody outside of this machine is let in.
        (directory / "compose.yaml").write_text(printed.replace(f'"{port}:{port}"', f'"{LOOPBACK}:{port}:{port}"'))
        (directory / "nginx.conf").write_text(self.proxy.command("print-config", "compose-nginx"))
        (directory / "database_password").write_text(secrets.token_hex(24))
        for name in ("database_password", "pingwarden.toml"):
            (directory / name).chmod(0o644)
        source = {
            "image": DEBIAN,
            "command": ["python", "-m", "http.server", "80", "--directory", "/web"],
            "volumes": ["./web:/web:ro"],
            "networks": {"default": {"aliases": [FRIEND]}},
        }
        (directory / "more.yaml").write_text(
            json.dumps({"services": {"pingwarden": {"image": IMAGE}, "source": source}})
        )
        self._compose = [program, "-p", self._project, "-f", "compose.yaml", "-f", "more.yaml"]
        self._log = directory / "compose.log"
        self._service: Process | None = None
        if program.endswith("docker-compose"):
            self._serve_engine()

    def _serve_engine(self) -> None:
        """Docker's own program talks to an engine over a socket."""
        socket = self._directory / "engine.sock"
        command = [*self.engine.command, "system", "service", "--time=0", f"unix://{socket}"]
        self._service = Process(command, self._directory / "engine.log", env=self.engine.environment)
        self._service.wait_until(socket.exists, "the engine's socket")

    def compose(self, *arguments: str) -> None:
        """Run the program that reads compose files, and until it ends be the clock that asks for everybody's health."""
        environment = {
            **self.engine.environment,
            "DOCKER_HOST": f"unix://{self._directory / 'engine.sock'}",
        }
        # (Not into a pipe: what it starts may keep that open.)
        running = Process([*self._compose, *arguments], self._log, env=environment, cwd=self._directory)

        def over() -> bool:
            # Where systemd does not run, podman has nobody who asks.
            with suppress(AssertionError):
                self.healthy("db")
            return not running.alive

        wait_until(over, f"{arguments}:\n{running.last_words()}", seconds=120)
        assert running.status == 0, running.last_words()

    def container(self, service: str) -> str:
        """The container of a service."""
        mine = f"label=com.docker.compose.project={self._project}"
        return self.engine.run(
            "ps", "--all", "--quiet", "--filter", mine, "--filter", f"label=com.docker.compose.service={service}"
        )

    def healthy(self, service: str) -> bool:
        """Whether a service says that it is well, when asked now."""
        try:
            self.engine.run("healthcheck", "run", self.container(service))
        except AssertionError:
            return False
        return True

    def link(self, name: str, text: str) -> str:
        """Put a page into the source, and return its address."""
        (self._directory / "web" / name).write_text(
            f"<html><title>{name}</title><p>Gardens in winter, roses and frost. {text}</p></html>"
        )
        return f"http://{FRIEND}/{name}"

    def install_wordpress(self) -> None:
        """As a newcomer does, through the front door."""
        page = f"{self.public}/wp-admin/install.php"
        wait_until(lambda: _status(page) == 200, "WordPress", seconds=60)
        form = {
            "weblog_title": "Test",
            "user_name": "admin",
            "admin_password": "adminpass",
            "admin_password2": "adminpass",
        }
        form |= {"pw_weak": "on", "admin_email": "admin@example.test", "blog_public": "1", "Submit": "x"}
        kind = ("Content-Type", "application/x-www-form-urlencoded")
        assert "Success!" in request("POST", f"{page}?step=2", [kind], urlencode(form).encode()).text

    def wait_until_ready(self) -> None:
        """Until both doors are open, the one that nginx guards too.

        A new container has the address of the old one: podman lets its neighbours look for that one's hardware for a while.
        """
        door = f"{self.public}/xmlrpc.php"
        wait_until(lambda: _status(f"{self.proxy.admin}/readyz") == 200, "readiness", seconds=180)
        wait_until(lambda: _status(door, b"<methodCall/>") == 200, "linkbacks to be taken", seconds=180)

    def stop(self) -> None:
        """End it, and drop what it kept."""
        with suppress(AssertionError):
            self.compose("down", "--volumes")
        for name in self.engine.run(
            "ps", "--all", "--quiet", "--filter", f"label=com.docker.compose.project={self._project}"
        ).split():
            self.engine.run("rm", "--force", name)
        if self._service:
            self._service.stop()


def _status(url: str, body: bytes | None = None) -> int:
    try:
        return request("POST" if body else "GET", url, [("Content-Type", "text/xml")] if body else [], body).status
    except OSError:
        return 0


@pytest.fixture(params=["podman-compose", "docker-compose"])
def house(engine: Engine, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """The whole of the compose file, brought up."""
    with wanted_engine():
        program = compose_program(request.param)
        engine.build_stand_ins()
    house = House(tmp_path, engine, program)
    try:
        house.compose("up", "-d", "--no-build")
        yield house
    finally:
        house.stop()
        shutil.rmtree(tmp_path, ignore_errors=True)


@pytest.mark.timeout(1800)
def test_the_compose_file_brings_everything_up(house: House) -> None:
    engine, proxy, target = house.engine, house.proxy, f"{house.public}/?p=1"
    house.install_wordpress()
    house.wait_until_ready()
    assert house.healthy("pingwarden")
    assert_it_may_do_nothing(engine, house.container("pingwarden"))

    proxy.approve_hosts([FRIEND])
    good = house.link("good.html", f"<a href='{target}'>This careful post</a> says what to do, and why.")
    bad = house.link("bad.html", "No link at all.")
    call(f"{house.public}/xmlrpc.php", "pingback.ping", good, target)
    with pytest.raises(Fault, match="does not contain a link"):
        call(f"{house.public}/xmlrpc.php", "pingback.ping", bad, target)
    proxy.wait_for(lambda states: states == {good: "delivered", bad: "rejected"}, "both verdicts")
    stored = "select comment_author_url, comment_author_IP from wp_comments where comment_type = 'pingback'"
    rows = engine.run("exec", house.container("db"), "mariadb", "-N", "wordpress", "-e", stored)
    assert rows.split() == [good, "172.30.0.1"], "WordPress knows the sender's address, not that of a container"

    house.compose("stop", "pingwarden")
    assert engine.run("inspect", "--format", "{{.State.ExitCode}}", house.container("pingwarden")) == "0"
    assert _status(f"{house.public}/xmlrpc.php", b"<methodCall/>") == 503
    assert _status(target) == 200

    house.compose("up", "-d", "--no-build", "--force-recreate", "pingwarden")
    house.wait_until_ready()
    assert proxy.states() == {good: "delivered", bad: "rejected"}
    with pytest.raises(Fault, match="already"):
        call(f"{house.public}/xmlrpc.php", "pingback.ping", good, target)

"""What `serve` never says, not even at its most talkative; and whom its files are for, whatever the umask."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from xmlrpc.client import dumps

import aiohttp
import pytest
from aiohttp import web

from proxy.config import load
from proxy.errors import ConfigError
from proxy.wire.response import fault_response
from proxy.wire.xmlrpc import build_ping
from tests.served import Served
from tests.stage import serving
from tests.waiting import until

SECRETS = {
    "a token of the API": "tok-3f9a2b7c",
    "the application password": "app-91d2-c4e8",
    "the key in the webhook's address": "hook-77b0a1",
    "the password of the mail server": "smtp-5c1e9d",
    "the password in the database's URL": "db-0d4f6a",
    "a password that a stranger guesses": "guess-b8e3f1",
    "what another service's client sends as its password": "basic-2ac97f",
    "a cookie of WordPress": "cookie-e10b55",
    "a token that is not ours": "other-6f20cd",
}
TOKEN, APP, HOOK, SMTP, DATABASE, GUESS, BASIC, COOKIE, OTHER = SECRETS.values()
# The umask of a careless service, and every logger at its most talkative.
LOUD = """
import logging, os, sys
os.umask(0)
from proxy.commands import main, serve
said = serve.log_to_stderr
def loud():
    said()
    for name in ("", "pingwarden", "asyncio", "aiohttp", "aiosqlite", "sqlalchemy.engine", "alembic"):
        logging.getLogger(name).setLevel(logging.DEBUG)
serve.log_to_stderr = loud
sys.argv = ["pingwarden", "serve", "--config", sys.argv[1]]
main()
"""


def configuration(directory: Path, upstream: int, database: str = "") -> Path:
    """A configuration with a secret wherever there can be one."""
    file = directory / "pingwarden.toml"
    file.write_text(
        f'state_dir = "{directory / "state"}"\nlisten = "127.0.0.1:0"\nadmin_listen = "127.0.0.1:0"\n{database}'
        "[limits]\nfailed_logins_per_client_per_hour = 2\nmax_call_bytes = 4096\n"
        '[privacy]\naddresses = "hashed"\n'
        f'[admin]\napi_tokens = ["{TOKEN}"]\ndigest_webhook = "http://127.0.0.1:9/{HOOK}"\n'
        f'digest_email = "a@b.example"\ndigest_smtp = "smtp://me:{SMTP}@127.0.0.1:9"\ndigest_every_h = 0.0001\n'
        f'[[sites]]\nname = "one"\nhosts = ["one.example"]\npublic_url = "http://one.example"\n'
        f'upstream = "http://127.0.0.1:{upstream}"\n'
        f'[sites.wordpress]\nusername = "admin"\napplication_password = "{APP}"\n'
    )
    return file


@asynccontextmanager
async def loud(file: Path) -> AsyncIterator[Served]:
    """Run `serve` so that it says all that it can say."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        LOUD,
        str(file),
        stderr=asyncio.subprocess.PIPE,
        env={"PATH": "", "PYTHONPATH": str(Path.cwd())},
    )
    here = Served(process, file)
    listening = asyncio.create_task(here.listen())
    try:
        ready = (await here.says("ready listen=")).split()
        here.address, here.admin = (f"http://{part.partition('=')[2]}" for part in ready[-2:])
        yield here
    finally:
        if process.returncode is None:
            process.terminate()
        await asyncio.wait_for(process.wait(), 40)
        await listening


async def wordpress(request: web.BaseRequest) -> web.StreamResponse:
    """A site that takes nobody's password, and breaks off now and then."""
    body = await request.content.read()
    if b"break" in body and request.transport is not None:
        request.transport.abort()
    return web.Response(body=fault_response(403, "no"), content_type="text/xml")


async def knock(http: aiohttp.ClientSession, here: Served) -> None:
    """Everything that a log line could be written about, with secrets in it."""
    host = {"Host": "one.example", "Cookie": f"wordpress_logged_in={COOKIE}", "Authorization": f"Basic {BASIC}"}
    guess = dumps(("admin", GUESS), "wp.getUsersBlogs").encode()
    asked = [
        ("/xmlrpc.php", guess),
        ("/xmlrpc.php", guess),
        ("/xmlrpc.php", guess),
        ("/xmlrpc.php", b"<not xml " + GUESS.encode()),
        ("/xmlrpc.php", guess + b" " * 5000),
        ("/wp-login.php", b"break&log=admin&pwd=" + GUESS.encode()),
        ("/other", b"break " + GUESS.encode()),
        ("/xmlrpc.php", build_ping("http://127.0.0.1/x", "http://one.example/post/")),
    ]
    for number, (path, body) in enumerate(asked):
        headers = host | {"X-Forwarded-For": f"203.0.113.{number // 4}"}
        async with http.post(here.address + path, data=body, headers=headers) as answer:
            await answer.read()
    for token in (TOKEN, OTHER):
        for path in ("pings", "pings/none", "rules", "stats?x=1"):
            headers = {"Authorization": f"Bearer {token}", "Cookie": f"session={COOKIE}"}
            async with http.get(f"{here.admin}/api/v1/{path}", headers=headers) as answer:
                await answer.read()
    for path in ("/", "/signin", f"/feed/{OTHER}", f"/welcome?key={OTHER}"):
        async with http.get(here.admin + path, headers={"Cookie": f"session={COOKIE}"}) as answer:
            await answer.read()
    form = {"name": "admin", "password": GUESS}
    async with http.post(f"{here.admin}/signin", data=form, headers={"Origin": here.admin}) as answer:
        await answer.read()


async def test_no_secret_is_ever_said_and_every_file_is_for_us_alone(tmp_path: Path) -> None:
    async with serving(wordpress) as upstream, loud(configuration(tmp_path, upstream)) as here:
        async with aiohttp.ClientSession() as http:
            await knock(http, here)
        await here.says("pingwarden.login")

        async def spoken() -> bool:
            return len(here.log) > 50

        await until(spoken, "a talkative log")
    log = "\n".join(here.log)
    assert {name: secret for name, secret in SECRETS.items() if secret in log} == {}
    for path in (tmp_path / "state").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, f"{path.name} {path.stat().st_mode:o}"
    assert (tmp_path / "state").stat().st_mode & 0o077 == 0
    assert (tmp_path / "state" / "privacy.key").exists()


async def test_a_server_that_cannot_start_says_no_secret_either(tmp_path: Path) -> None:
    """The database is asked with a password, and is not there."""
    pytest.importorskip("asyncpg")
    file = configuration(tmp_path, 9, f'database = "postgresql://me:{DATABASE}@127.0.0.1:9/none"\n')
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        LOUD,
        str(file),
        stderr=asyncio.subprocess.PIPE,
        env={"PATH": "", "PYTHONPATH": str(Path.cwd())},
    )
    _, said = await process.communicate()
    assert process.returncode == 1
    assert b"the database server at 127.0.0.1:9 does not answer" in said
    assert DATABASE.encode() not in said


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("api_tokens", f'["{TOKEN}", 5]'),
        ("digest_webhook", f'"{HOOK}"'),
        ("digest_smtp", f'["{SMTP}"]'),
    ],
)
def test_a_wrong_configuration_is_told_without_its_secrets(tmp_path: Path, key: str, value: str) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text(f'[admin]\n{key} = {value}\n[[sites]]\nupstream = "http://127.0.0.1:9"\n')
    with pytest.raises(ConfigError) as told:
        load(file)
    assert [secret for secret in SECRETS.values() if secret in str(told.value)] == []

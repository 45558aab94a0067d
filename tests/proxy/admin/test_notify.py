"""Digests go out once."""

import asyncio
import smtplib
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import ClassVar
from unittest.mock import Mock

import pytest
from aiohttp import web

from proxy.admin.digest import Digest
from proxy.admin.notify import Notifier
from proxy.clock import now
from proxy.config import from_mapping
from tests.proxy.admin.conftest import received
from tests.stage import Stage, serving, settings
from tests.waiting import until


async def test_a_digest_goes_out_once_for_what_is_new(stage: Stage) -> None:
    got: list[dict[str, object]] = []

    async def take(request: web.BaseRequest) -> web.Response:
        got.append(await request.json())
        return web.Response(status=204)

    async with serving(take) as port:
        notifiers = [notifier(stage, digest_webhook=f"http://127.0.0.1:{port}/hook") for _ in range(3)]
        assert not await notifiers[0].step(now())
        ping = await received(stage)
        sent = await asyncio.gather(*(one.step(now()) for one in notifiers))
        assert sorted(sent) == [False, False, True]
        assert got[0]["held"] == 1
        assert ping.id in str(got[0]["items"])
        assert not await notifiers[0].step(now())


def notifier(stage: Stage, **admin: object) -> Notifier:
    """Return a notifier of the stage with these settings."""
    changed = stage.proxy.config.admin.model_copy(update=admin)
    return Notifier(lambda: changed, stage.proxy.database, "https://admin.example")


async def test_nothing_runs_where_there_is_nowhere_to_send_to(stage: Stage) -> None:
    assert not notifier(stage).is_wanted
    assert not notifier(stage, digest_webhook="", digest_email="").is_wanted
    assert notifier(stage, digest_webhook="http://127.0.0.1:1/").is_wanted
    assert notifier(stage, digest_email="owner@blog.example").is_wanted


class Smtp:
    """A stand-in for smtplib's classes: what was done, in order."""

    done: ClassVar[list[object]] = []

    def __init__(self, host: str, port: int, timeout: float) -> None:
        self.done[:] = [f"{host}:{port}"]

    def __enter__(self) -> "Smtp":
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def starttls(self) -> None:
        self.done.append("encrypted")

    def login(self, name: str, password: str) -> None:
        self.done.append((name, password))

    def send_message(self, mail: EmailMessage) -> None:
        self.done.append(mail["To"])


@pytest.mark.parametrize(
    ("address", "kind", "steps"),
    [
        ("smtp://mail.example:25", "SMTP", ["mail.example:25"]),
        # A password is never sent in the clear.
        ("smtp://u%40x:p%2Fw@mail.example:587", "SMTP", ["mail.example:587", "encrypted", ("u@x", "p/w")]),
        ("smtps://u:p@mail.example:465", "SMTP_SSL", ["mail.example:465", ("u", "p")]),
    ],
)
def test_mail_goes_through_the_server_that_was_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, kind: str, steps: list[object]
) -> None:
    monkeypatch.setattr(smtplib, "SMTP", None)
    monkeypatch.setattr(smtplib, "SMTP_SSL", None)
    monkeypatch.setattr(smtplib, kind, Smtp)
    admin = {"digest_smtp": address, "digest_email": "owner@blog.example"}
    config = from_mapping(settings(tmp_path, 1, {"admin": admin}))
    notifier = Notifier(lambda: config.admin, Mock(), "https://admin.example")
    notifier._mail(config.admin, Digest((), "https://admin.example"))
    assert Smtp.done == [*steps, "owner@blog.example"]


@pytest.mark.parametrize(
    ("language", "subject"), [("en", "0 linkbacks wait for you"), ("de", "0 Linkbacks warten auf dich")]
)
def test_mail_is_written_in_the_language_that_was_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, subject: str
) -> None:
    sent: list[EmailMessage] = []
    monkeypatch.setattr(Smtp, "send_message", lambda _, mail: sent.append(mail))
    monkeypatch.setattr(smtplib, "SMTP", Smtp)
    admin = {"digest_email": "owner@blog.example", "digest_language": language}
    config = from_mapping(settings(tmp_path, 1, {"admin": admin}))
    Notifier(lambda: config.admin, Mock(), "https://admin.example")._mail(config.admin, Digest((), "https://a.example"))
    assert [mail["Subject"] for mail in sent] == [subject]


async def test_the_next_digest_waits_its_hours_and_for_something_new(stage: Stage) -> None:
    asked = notifier(stage, digest_every_h=24)
    before = await received(stage)
    assert await asked.step(before.received_at)
    # Nothing new: no digest, however long it takes.
    assert not await asked.step(before.received_at + timedelta(days=9))
    after = await received(stage, "bread.example/new")
    due = before.received_at + timedelta(hours=24)
    assert after.received_at < due
    assert not await asked.step(due - timedelta(seconds=1))
    assert await asked.step(due)


async def test_an_answer_that_is_no_thanks_is_in_the_log_and_redirects_are_not_followed(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    asked: list[str] = []

    async def move(request: web.BaseRequest) -> web.Response:
        asked.append(request.path)
        return web.Response(status=302, headers={"Location": "/elsewhere"})

    async with serving(move) as port:
        await received(stage)
        assert await notifier(stage, digest_webhook=f"http://127.0.0.1:{port}/hook").step(now())
    assert asked == ["/hook"]
    assert "the webhook answered the digest with HTTP 302" in caplog.text


async def test_trouble_is_logged_without_its_secrets_and_looking_goes_on(
    stage: Stage, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("proxy.admin.notify._LOOK_EVERY_S", 0.01)
    await received(stage)
    closed = "http://127.0.0.1:1/hook?key=hush"
    running = asyncio.create_task(notifier(stage, digest_webhook=closed, digest_every_h=0).run())

    async def told() -> bool:
        return "the digest could not be sent: ClientConnectorError" in caplog.text

    await until(told, "a line in the log")
    assert not running.done()
    assert "hush" not in caplog.text
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

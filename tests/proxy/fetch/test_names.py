"""Looking names up: bounded in threads, in time and in memory."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from proxy.fetch.names import MAX_ANSWER, Names, ThreadedLookups, _spelled
from proxy.fetch.turns import QueueFull


class NameServer:
    """Answers for every name; keeps those that ask for `slow` names waiting."""

    def __init__(self, answer: list[str] | None = None) -> None:
        self.answer = ["8.8.8.8"] if answer is None else answer
        self.asked: list[str] = []
        self.release = asyncio.Event()

    async def __call__(self, host: str) -> list[str]:
        self.asked.append(host)
        if host.startswith("slow"):
            await self.release.wait()
        return self.answer


class Time:
    now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_an_answer_is_given_once_and_in_order() -> None:
    """Doubles go, the system's preference stays."""
    names = Names(NameServer(["8.8.8.8", "1.1.1.1", "8.8.8.8"]), 1.0, Time())
    assert await names.ask("a.example") == ("8.8.8.8", "1.1.1.1")


async def test_asking_again_asks_again_but_recent_answers_do() -> None:
    """A fetch looks anew; who only compares addresses may use what was heard within a minute."""
    server, time = NameServer(), Time()
    names = Names(server, 1.0, time)
    for _ in range(3):
        await names.ask("a.example")
    assert len(server.asked) == 3
    assert await names.recent("a.example") == ("8.8.8.8",)
    assert len(server.asked) == 3
    time.now = 60.0
    assert await names.recent("a.example") == ("8.8.8.8",)
    assert len(server.asked) == 4


@pytest.mark.parametrize("answer", [[], [f"8.8.{n // 250}.{n % 250}" for n in range(MAX_ANSWER + 1)]])
async def test_no_address_and_far_too_many_are_no_answer(answer: list[str]) -> None:
    """Nobody honest has hundreds of addresses."""
    names = Names(NameServer(answer), 1.0, Time())
    with pytest.raises(OSError, match="address"):
        await names.ask("a.example")
    assert await names.recent("a.example") == ()


async def test_one_look_up_serves_all_who_ask_at_once() -> None:
    """And goes on when one of them is cancelled."""
    server = NameServer()
    names = Names(server, 5.0, Time())
    asking = [asyncio.create_task(names.ask("slow.example")) for _ in range(20)]
    await asyncio.sleep(0)
    asking[0].cancel()
    await asyncio.sleep(0)
    server.release.set()
    answers = await asyncio.gather(*asking[1:])
    assert set(answers) == {("8.8.8.8",)}
    assert server.asked == ["slow.example"]


async def test_a_name_server_that_never_answers_is_given_up() -> None:
    """And what waited for it is gone."""
    names = Names(NameServer(), 0.05, Time())
    with pytest.raises(TimeoutError):
        await names.ask("slow.example")
    assert await names.recent("slow.example") == ()
    assert names._asking == {}


async def test_look_ups_under_way_are_bounded() -> None:
    """The rest is sent away, and closing ends them all."""
    names = Names(NameServer(), 60.0, Time())
    asking = [asyncio.create_task(names.ask(f"slow{n}.example")) for n in range(600)]
    await asyncio.sleep(0.01)
    refused = [task for task in asking if task.done()]
    assert len(refused) == 88
    assert {type(task.exception()) for task in refused} == {QueueFull}
    await names.close()
    await asyncio.gather(*asking, return_exceptions=True)
    assert names._asking == {}


async def test_remembered_names_are_bounded() -> None:
    """Ten thousand hosts a minute do not fill the memory."""
    names = Names(NameServer(), 1.0, Time())
    for number in range(3000):
        await names.ask(f"{number}.example")
    assert len(names._known) == 1024


@dataclass(slots=True)
class DeadNames:
    """getaddrinfo that hangs for `dead…` names until `release` is set, and has no memory for `large…` ones."""

    release: threading.Event = field(default_factory=threading.Event)
    hanging: int = 0

    def ask(self, host: str, *_args: object, **_more: object) -> list[object]:
        """What getaddrinfo says."""
        if host.startswith("large"):
            raise MemoryError
        if host.startswith("dead"):
            self.hanging += 1
            self.release.wait(30)
            self.hanging -= 1
            raise socket.gaierror("dead")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0))]


@pytest.fixture
def dead_names(monkeypatch: pytest.MonkeyPatch) -> Iterator[DeadNames]:
    names = DeadNames()
    monkeypatch.setattr(socket, "getaddrinfo", names.ask)
    yield names
    names.release.set()


async def test_hanging_look_ups_pile_up_no_further_than_the_threads(dead_names: DeadNames) -> None:
    """A hundred dead names hold the threads that there are, all callers are told in time, and others still get in."""
    names = Names(ThreadedLookups(threads=4), 0.2, Time())
    for number in range(3):
        with pytest.raises(TimeoutError):
            await names.ask(f"dead{number}.example")
    assert await names.ask("good.example") == ("127.0.0.1",)
    results = await asyncio.gather(*(names.ask(f"dead{n}.example") for n in range(100)), return_exceptions=True)
    assert {type(result) for result in results} == {TimeoutError}
    assert dead_names.hanging == 4


async def test_threads_come_back(dead_names: DeadNames) -> None:
    """A look-up that ends after we gave up frees its place."""
    lookups = ThreadedLookups(threads=1)
    names = Names(lookups, 0.05, Time())
    with pytest.raises(TimeoutError):
        await names.ask("dead.example")
    with pytest.raises(TimeoutError):
        await names.ask("good.example")
    dead_names.release.set()
    for _ in range(5):
        assert await lookups("good.example") == ["127.0.0.1"]


async def test_a_look_up_without_memory_fails_and_frees_its_place(dead_names: DeadNames) -> None:
    lookups = ThreadedLookups(threads=1)
    for _ in range(3):
        with pytest.raises(OSError, match="not enough memory"):
            await lookups("large.example")
    assert await lookups("good.example") == ["127.0.0.1"]
    assert dead_names.hanging == 0


async def test_the_system_answers_for_this_machine() -> None:
    """A literal and a name from the hosts file need no name server."""
    lookups = ThreadedLookups()
    assert await lookups("127.0.0.1") == ["127.0.0.1"]
    assert set(await lookups("localhost")) <= {"127.0.0.1", "::1"}


@pytest.mark.parametrize("host", ["x" * 64 + ".example", "a..b", "", "\udce9.example", "a\x00b"])
async def test_a_name_that_is_none_does_not_resolve(host: str) -> None:
    """Whatever getaddrinfo raises for it, the caller sees an OSError."""
    with pytest.raises(OSError):  # noqa: PT011 - the words are the system's
        await Names(ThreadedLookups(), 5.0, Time()).ask(host)


def test_a_zone_stays_visible() -> None:
    """So that the address is refused later on, however the system spells it."""
    assert _spelled(("fe80::1", 0, 0, 2)) == "fe80::1%2"
    assert _spelled(("fe80::1%eth0", 0, 0, 2)) == "fe80::1%eth0"
    assert _spelled(("2606:4700:4700::1111", 0, 0, 0)) == "2606:4700:4700::1111"
    assert _spelled(("8.8.8.8", 0)) == "8.8.8.8"

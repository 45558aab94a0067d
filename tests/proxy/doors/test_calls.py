"""XML-RPC at the door: what passes byte for byte, what is taken, what is refused."""

from io import BytesIO
from pathlib import Path

import pytest

from proxy.ping import State
from proxy.wire.response import Fault, Success, member_success, multicall_response, read_response
from tests.stage import LINKS, NO_LINK, POST, XML, Stage, on_stage

HELLO = b"<?xml version='1.0'?><methodCall><methodName>demo.sayHello</methodName><params/></methodCall>"

# Two readers, two calls: WordPress cuts the DOCTYPE at its first ">" and runs the ping inside.
TWO_IN_ONE = (
    b'<!DOCTYPE methodCall [<!ENTITY a "><methodCall><methodName>pingback.ping</methodName></methodCall>'
    b'">]><methodCall><methodName>demo.sayHello</methodName></methodCall>'
)


def member(method: str, *params: str) -> str:
    """Return one call of a multicall."""
    values = "".join(f"<value><string>{param}</string></value>" for param in params)
    return (
        f"<value><struct><member><name>methodName</name><value><string>{method}</string></value></member>"
        f"<member><name>params</name><value><array><data>{values}</data></array></value></member></struct></value>"
    )


def multicall(*members: str) -> bytes:
    """Return a system.multicall of *members*."""
    return (
        "<methodCall><methodName>system.multicall</methodName><params><param><value><array><data>"
        + "".join(members)
        + "</data></array></value></param></params></methodCall>"
    ).encode()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/xmlrpc.php", HELLO),
        ("/xmlrpc.php?rsd", HELLO),
        ("//xmlrpc.php/x", HELLO + b"  \n"),
        ("/xmlrpc.php", multicall(member("demo.sayHello"), member("demo.sayHello"))),
        ("/xmlrpc.php", HELLO.replace(b"<params/>", b"<params><param><value/></param></params>")),
    ],
)
async def test_a_call_that_is_no_ping_goes_on_byte_for_byte(tmp_path: Path, path: str, body: bytes) -> None:
    async with on_stage(tmp_path) as stage:
        stage.wordpress.say(b"<any/>answer", 201, "text/x-odd")
        assert await stage.post(path, body, XML) == (201, b"<any/>answer")
        (got,) = stage.wordpress.received
        assert (got.path, got.body) == (path, body)
        assert await stage.all_pings() == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not xml",
        b"<methodResponse/>",
        HELLO.replace(b"</methodCall>", b""),
        TWO_IN_ONE,
    ],
    ids=["empty", "no xml", "a response", "cut off", "two documents in one"],
)
async def test_a_call_that_cannot_be_read_in_one_way_is_refused_by_us(tmp_path: Path, body: bytes) -> None:
    async with on_stage(tmp_path) as stage:
        status, answer = await stage.post("/xmlrpc.php", body, XML)
        said = read_response(answer)
        assert status == 200
        assert isinstance(said, Fault)
        assert said.code == -32700
        assert stage.wordpress.received == []


async def test_a_multicall_is_judged_member_by_member_and_answered_in_order(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        stage.web.pages |= {"good.example/a": LINKS, "bad.example/a": NO_LINK}
        good, bad = stage.web.url("good.example/a"), stage.web.url("bad.example/a")
        stage.wordpress.say(multicall_response([member_success("one"), member_success("two")]))
        body = multicall(
            member("demo.sayHello"),
            member("pingback.ping", bad, POST),
            member("system.multicall"),
            member("pingback.ping", good, POST),
            member("demo.addTwoNumbers", "1", "2"),
            member("pingback.ping", good),
            member("pingback.ping", good, "http://other.example/x"),
        )
        _, answer = await stage.post("/xmlrpc.php", body, XML)
        texts = [one.text for one in _elements(answer)]
        codes = [one.code if isinstance(one, Fault) else "ok" for one in _elements(answer)]
        assert codes == ["ok", 17, -32600, "ok", "ok", -32602, 33]
        assert texts[0] == "one"
        assert texts[4] == "two"
        assert texts[3] is not None
        assert "Keep the web talking" in texts[3]
        sent = [got.body for got in stage.wordpress.pings]
        assert sum(good.encode() in one for one in sent) == 1
        assert not any(bad.encode() in one for one in sent)


def _elements(answer: bytes) -> list[Success | Fault]:
    from lxml import etree

    found: list[Success | Fault] = []
    for value in etree.fromstring(answer).findall("./params/param/value/array/data/value"):
        names = {one.findtext("name"): "".join(one.find("value").itertext()).strip() for one in value.iter("member")}
        if "faultCode" in names:
            found.append(Fault(int(names["faultCode"]), names["faultString"]))
        else:
            found.append(Success("".join(value.itertext()).strip()))
    return found


async def test_a_multicall_of_too_many_members_is_refused_whole_when_one_is_a_ping(tmp_path: Path) -> None:
    async with on_stage(tmp_path, limits={"multicall_members": 3}) as stage:
        hello = member("demo.sayHello")
        _, answer = await stage.post("/xmlrpc.php", multicall(*[hello] * 3, member("pingback.ping", "a", "b")), XML)
        assert isinstance(read_response(answer), Fault)
        assert stage.wordpress.received == []
        await stage.post("/xmlrpc.php", multicall(*[hello] * 4), XML)
        assert len(stage.wordpress.received) == 1


async def test_a_client_over_its_limit_gets_429_and_when_to_come_again(tmp_path: Path) -> None:
    async with on_stage(tmp_path, limits={"linkbacks_per_client_per_minute": 2}) as stage:
        for number in range(2):
            await stage.pingback(stage.web.url(f"bread.example/{number}"))
        body = b"<methodCall><methodName>pingback.ping</methodName><params><param><value>http://bread.example/3</value></param><param><value>http://blog.example/2026/alpha/</value></param></params></methodCall>"
        async with stage.http.post(
            stage.address + "/xmlrpc.php", data=body, headers=XML | {"Host": "blog.example"}
        ) as answer:
            assert answer.status == 429
            assert 1 <= int(answer.headers["Retry-After"]) <= 120
        assert (await stage.trackback("http://bread.example/4"))[0] == 429
        # Other calls of the same client are none of this limit's business.
        assert (await stage.post("/xmlrpc.php", HELLO, XML))[0] == 200


@pytest.mark.parametrize(
    "target",
    [
        "http://other.example/2026/alpha/",
        "http://blog.example:8443/2026/alpha/",
        "http://other.example/http://blog.example/2026/alpha/",
        "http://other.example/?x=http://blog.example&p=4",
        "/2026/alpha/",
        "blog.example/2026/alpha/",
        "javascript:alert(1)",
    ],
)
async def test_a_target_that_is_not_the_site_s_is_33(tmp_path: Path, target: str) -> None:
    async with on_stage(tmp_path) as stage:
        said = read_response(await stage.pingback(stage.web.url("good.example/a"), target))
        assert isinstance(said, Fault)
        assert said.code == 33
        assert stage.wordpress.received == []


async def test_a_call_over_the_limit_of_bytes_is_413(tmp_path: Path) -> None:
    async with on_stage(tmp_path, limits={"max_call_bytes": 2000}) as stage:
        status, text = await stage.post("/xmlrpc.php", HELLO + b" " * 3000, XML)
        assert status == 413
        assert text == b"The request is larger than the 2000 bytes that are taken here.\n"


async def _upload(stage: Stage, body: bytes) -> int:
    url, headers = stage.address + "/xmlrpc.php", XML | {"Host": "blog.example"}
    async with stage.http.post(url, data=BytesIO(body), headers=headers) as answer:
        return answer.status


async def test_a_large_upload_by_xml_rpc_passes_from_the_disk(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        upload = HELLO.replace(b"demo.sayHello", b"metaWeblog.newMediaObject").replace(
            b"<params/>", b"<params><param><value><base64>" + b"QUJD" * 500_000 + b"</base64></value></param></params>"
        )
        assert await _upload(stage, upload) == 200
        assert stage.wordpress.received[0].body == upload


async def test_the_states_of_a_refused_delivery_and_wordpress_s_own_answer(tmp_path: Path) -> None:
    from proxy.wire.response import fault_response

    async with on_stage(tmp_path) as stage:
        stage.web.pages["bread.example/a"] = LINKS
        stage.wordpress.say(fault_response(0, ""))
        answer = await stage.pingback(stage.web.url("bread.example/a"))
        assert answer == fault_response(0, "")
        (ping,) = await stage.settled(State.REFUSED)
        assert "without saying why" in ping.answer


async def test_of_a_multicall_that_is_too_long_as_much_as_is_allowed_is_observed(tmp_path: Path) -> None:
    body = multicall(*(member("pingback.ping", f"http://bread.example/{number}", POST) for number in range(5)))
    async with on_stage(tmp_path, site={"mode": "observe"}, limits={"multicall_members": 3}) as stage:
        stage.wordpress.say(b"its own answer")
        assert await stage.post("/xmlrpc.php", body, XML) == (200, b"its own answer")
        assert len(await stage.settled(State.OBSERVED, State.OBSERVED, State.OBSERVED)) == 3
        assert [got.body for got in stage.wordpress.pings] == [body]

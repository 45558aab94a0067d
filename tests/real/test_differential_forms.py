"""Mutated forms go to PHP and to our reader, and to WordPress: none may be stored as a trackback that we do not see.

5,000 in all; PINGWARDEN_DIFFERENTIAL=500000 asks for more, PINGWARDEN_SEED for others.
"""

import os
from collections import Counter
from collections.abc import Mapping

import pytest

from proxy.errors import MalformedPing
from proxy.identify import FORM_NAMES, Door, door, is_trackback, split_target
from proxy.wire.php_form import form_type, read_form, read_query
from proxy.wire.php_names import ARRAY, Form
from tests.real.form_mutations import FormRequest, forms
from tests.real.httpclient import Connection
from tests.real.park import Park
from tests.real.php import PhpReader, PhpValue
from tests.real.site import PLAIN, PRETTY, Site

COUNT = int(os.environ.get("PINGWARDEN_DIFFERENTIAL", "5000"))
SEED = int(os.environ.get("PINGWARDEN_SEED", "20010101"))
FORM = "application/x-www-form-urlencoded"


def read(request: FormRequest) -> tuple[Form, Form] | None:
    """Query and form as we read them; None where we refuse."""
    query = read_query(split_target(request.target).query, FORM_NAMES)
    try:
        return query, read_form(request.content_type or "", request.body, FORM_NAMES)
    except MalformedPing:
        return None


def wanted(fields: Mapping[bytes, PhpValue]) -> Form:
    """PHP's fields as our reader would give them."""
    named = {name: fields[name.encode()] for name in FORM_NAMES if name.encode() in fields}
    return {name: value if isinstance(value, bytes) else ARRAY for name, value in named.items()}


def kept(ours: Form, theirs: Form) -> Form:
    """Our fields; a `tb` that PHP saw emptied stays one for us on purpose, for PHP may have stopped reading before."""
    return {**ours, "tb": b""} if theirs.get("tb") == b"" and ours.get("tb") else ours


@pytest.mark.timeout(3600)
def test_php_reads_no_field_that_we_read_otherwise(php_reader: PhpReader) -> None:
    """Every field that could make a trackback has the value that PHP sees, or the form is refused."""
    found, kinds = [], Counter[str]()
    for request in forms(SEED, COUNT):
        php = php_reader.read(request.body, request.content_type, target=request.target)
        ours = read(request)
        kinds["refused by nginx"] += php is None
        kinds["refused by us"] += ours is None
        if php is None or ours is None:
            continue
        # Servers differ over what follows a "#": such a request counts as a trackback, whatever its query.
        query = ours[0] if "#" in request.target else wanted(php.query)
        theirs = (query, wanted(php.form))
        kinds["url and title"] += {"url", "title"} <= theirs[1].keys()
        if tuple(map(kept, ours, theirs)) != theirs:
            found.append(f"PHP reads {theirs}, we read {ours}: {request}")
    print(f"{COUNT} forms, seed {SEED}: {dict(kinds)}")
    assert found == []
    assert kinds["url and title"] > COUNT / 5
    assert kinds["refused by us"] < COUNT / 10


def is_seen(request: FormRequest) -> bool:
    """Whether we would judge the request or refuse it, instead of passing it on."""
    content_types = [] if request.content_type is None else [request.content_type]
    target = split_target(request.target)
    knocked = door("POST", target, "", has_form=form_type(content_types) is not None)
    if knocked is Door.NONE:
        return False
    read_by_us = read(request)
    return read_by_us is None or is_trackback(knocked, *read_by_us)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("permalinks", [PRETTY, PLAIN], ids=["pretty", "plain"])
@pytest.mark.parametrize("line", ["6.1", "7.1"])
def test_wordpress_stores_no_trackback_that_we_do_not_see(park: Park, line: str, permalinks: str) -> None:
    """The whole way through a real WordPress, doors and all."""
    site = park.wordpress(line)
    site.configure(flood=False, permalinks=permalinks)
    count = max(150, COUNT // 33)
    stored, missed = 0, []
    for request in forms(SEED + 1, count):
        executed = _executes(site, request)
        stored += executed
        if executed and not is_seen(request):
            missed.append(request)
    print(f"WordPress {line}, {count} forms, seed {SEED + 1}: {stored} reached the storing of a trackback")
    assert missed == []
    assert stored > count / 50


PADDING = "a=1&" * 1000
PING = "p=4&url=http://a.example/1&title=T"


@pytest.mark.parametrize(
    "request_",
    [
        FormRequest("/", FORM, f"tb=1&{PING}&{PADDING}tb=".encode()),
        FormRequest(f"/?tb=1&{'a&' * 1000}tb=", FORM, PING.encode()),
        FormRequest("/", FORM, f"tb=1&{PING}&{PADDING}tb[]=&url=".encode()),
    ],
    ids=["in the body", "in the query", "as an array"],
)
def test_what_stands_after_the_thousandth_variable_takes_nothing_back(park: Park, request_: FormRequest) -> None:
    """PHP reads 1,000 variables (max_input_vars) and ignores the rest: a last `tb=` does not count there."""
    site = park.wordpress("7.1")
    assert _executes(site, request_)
    assert is_seen(request_)


@pytest.mark.parametrize("ending", ["//", "/.", "//.", "/%2e", "/x/..", "/x/%2e%2e/", "/%0a/.."])
def test_a_door_in_another_spelling_is_the_same_door(park: Park, ending: str) -> None:
    """nginx gives PHP the normalised path after index.php, so WordPress sees `…/trackback/`."""
    site = park.wordpress("7.1")
    request = FormRequest(f"/index.php/2024/03/03/alpha/trackback{ending}", FORM, b"url=http://a.example/1&title=T")
    assert _executes(site, request)
    assert is_seen(request)


def _executes(site: Site, request: FormRequest) -> bool:
    connection = Connection(site.address)
    mark = site.mark()
    headers = [] if request.content_type is None else [("Content-Type", request.content_type)]
    connection.send("POST", request.target, headers, request.body)
    connection.close()
    return bool(site.executed(mark))

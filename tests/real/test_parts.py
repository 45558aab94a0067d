"""The small real parts: nginx with a given configuration, and PHP's own reading of requests."""

from pathlib import Path

import pytest

from tests.real.httpclient import request
from tests.real.nginx import Nginx
from tests.real.parts import MissingPartError, needed_parts, program
from tests.real.php import PhpReader

FORM = "application/x-www-form-urlencoded"


def test_nginx_serves_what_it_is_told(short_directory: Path) -> None:
    """Any inside of an http block, on a free port."""
    with needed_parts():
        nginx = Nginx(short_directory / "plain", "server { listen 127.0.0.1:PORT; return 418 short; }")
    answer = request("GET", nginx.address)
    nginx.stop()
    assert (answer.status, answer.body) == (418, b"short")


def test_nginx_that_cannot_start_says_why(short_directory: Path) -> None:
    """Its own words stand in the failure."""
    with needed_parts():
        program("nginx")
    with pytest.raises(AssertionError, match="unknown directive"):
        Nginx(short_directory / "broken", "no_such_directive on;")


def test_php_reads_a_form(php_reader: PhpReader) -> None:
    """Mangled names, arrays and the last of duplicates, as bytes."""
    seen = php_reader.read(b"blog.name=%ff&title[]=a&url=1&url=2&url+x=3", FORM, target="/a?tb=%31")
    assert seen
    assert seen.form == {b"blog_name": b"\xff", b"title": {b"0": b"a"}, b"url": b"2", b"url_x": b"3"}
    assert (seen.query, seen.uri) == ({b"tb": b"1"}, b"/a?tb=%31")


def test_php_reads_a_multipart_form(php_reader: PhpReader) -> None:
    """A part with a file name is no field."""
    part = b'--x\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
    body = part % (b"url", b"", b"http://a/") + part % (b"title", b'; filename="f"', b"T") + b"--x--\r\n"
    seen = php_reader.read(body, "multipart/form-data; boundary=x")
    assert seen
    assert (seen.form, seen.files) == ({b"url": b"http://a/"}, (b"title",))


def test_php_reads_no_form_of_another_type(php_reader: PhpReader) -> None:
    """The body is left alone."""
    seen = php_reader.read(b"url=1", "text/plain")
    assert seen
    assert seen.form == {}


def test_a_missing_part_names_the_way_to_get_it() -> None:
    """A skip, or where parts are required a failure, with one sentence."""
    with pytest.raises(MissingPartError, match="`tests/real/install --all` brings it"):
        program("no-such-program", "--all")

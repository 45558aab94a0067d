"""Our `strip_tags` against PHP's own, where PHP is installed."""

import base64
import os
import random
import shutil
import subprocess

import pytest

from proxy.page.wordpress_check import strip_tags_but_links

PHP = shutil.which("php")
TOKENS = (
    *(
        b"<",
        b">",
        b"<a",
        b"</a>",
        b"<a ",
        b" href=x",
        b'"',
        b"'",
        b"!",
        b"?",
        b"<?",
        b"<?xml",
        b"?>",
        b"<!--",
        b"-->",
        b"-",
    ),
    *(
        b"<!",
        b"<!DOCTYPE",
        b"DOCTYPE",
        b"(",
        b")",
        b"\0",
        b" ",
        b"\n",
        b"\t",
        b"x",
        b"/",
        b"<p>",
        b"\\",
        b"<b",
        b"<A>",
        b"< a>",
    ),
    *(b"<a/>", b"</ a>", b"l", b"\x0b", b"\xa0", b"\x85", b"\xc3\xa9"),
)
SCRIPT = (
    "while (($line = fgets(STDIN)) !== false) echo base64_encode(strip_tags(base64_decode($line), '<a>')), \"\\n\";"
)


@pytest.mark.skipif(PHP is None and os.environ.get("PINGWARDEN_REAL") != "require", reason="PHP is not installed")
def test_twenty_thousand_seeded_snippets_are_stripped_as_php_strips_them():
    rng = random.Random(20240301)
    snippets = [b"".join(rng.choices(TOKENS, k=rng.randint(1, 20))) for _ in range(20_000)]
    lines = b"".join(base64.b64encode(snippet) + b"\n" for snippet in snippets)
    answer = subprocess.run([PHP or "php", "-r", SCRIPT], input=lines, capture_output=True, check=True, timeout=120)
    stripped = [base64.b64decode(line) for line in answer.stdout.split(b"\n")]
    wrong = [s for s, php in zip(snippets, stripped, strict=False) if strip_tags_but_links(s) != php]
    assert wrong == []

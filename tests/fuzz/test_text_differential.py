"""PHP and WordPress's classes against what we write: plain text that stays, answers byte for byte."""

import base64
import json
import random
import subprocess
from typing import Any

import pytest

from proxy.wire.plain_text import plain_text
from proxy.wire.response import fault_response, member_fault, member_success, multicall_response, success_response

WORDS = [
    "<", ">", '"', "'", " ", "a", "b", "<b>", "</b>", "<!--", "-->", "<!", "<?", "?>", "/", "\n", "<script>", "</script>", "<STYLE x>", "</style>", "=",
    '<a href="x">', "&lt;", "é", "--", "<a title='>'>", "(", "\xa0", "\u2003", "\x0b", "\x85", "\0",
]  # fmt: skip


def test_wordpress_finds_no_tag_in_what_we_left(php_command: Any) -> None:
    rng = random.Random(1)
    texts = [plain_text("".join(rng.choice(WORDS) for _ in range(rng.randrange(1, 14)))) for _ in range(20_000)]
    lines = "".join(base64.b64encode(text.encode()).decode() + "\n" for text in texts)
    told = subprocess.run(php_command("text_oracle.php"), input=lines, capture_output=True, text=True, check=True)
    assert [base64.b64decode(line).decode() for line in told.stdout.splitlines()] == texts


@pytest.mark.parametrize("text", ["Hello!", "<a href=\"x\"> & 'é' &#8217;", ""])
def test_our_answers_are_those_of_wordpress_s_classes(php_command: Any, ixr_classes: Any, text: str) -> None:
    encoded = base64.b64encode(text.encode()).decode()
    command = [*php_command("answers_oracle.php"), str(ixr_classes), encoded]
    told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    answers = {name: base64.b64decode(answer) for name, answer in told.items()}
    missing = member_fault(-32601, "server error. requested method no.such does not exist.")
    assert fault_response(-32601, text) == answers["fault"]
    assert success_response(text) == answers["text"]
    assert multicall_response([member_success(text), missing]) == answers["list"]

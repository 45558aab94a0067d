"""`pingwarden demo`: the table of verdicts; it is what everybody runs first."""

import signal
import subprocess
import sys

from tests.proxy.commands.running import call, run
from tests.proxy.demo.test_show import free_port


def test_the_demo_shows_every_verdict_as_it_should_be() -> None:
    done = run("demo", "--once", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0")
    assert (done.returncode, done.stderr) == (0, ""), "nor a link that is dead by now"
    assert done.stdout.count("as it should be") == 8


def test_a_linkback_can_be_sent_to_the_demo_by_hand() -> None:
    port = free_port()
    demo = subprocess.Popen(
        [sys.executable, "-m", "proxy", "demo", "--listen", f"127.0.0.1:{port}", "--admin-listen", "127.0.0.1:0"],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert demo.stdout is not None
        table = [line for line in iter(demo.stdout.readline, "Ctrl-C ends it.\n") if line]
        assert sum("as it should be" in line for line in table) == 8
        post = f"http://127.0.0.1:{port}/2026/rye/"
        done = call("send", "pingback", post.replace("rye", "oven"), post)
        assert done.stdout == f"endpoint: http://127.0.0.1:{port}/xmlrpc.php\n"
        assert done.stderr.startswith("pingwarden: refused: fault 17: ")
    finally:
        demo.send_signal(signal.SIGTERM)
        demo.communicate(timeout=30)


def test_an_address_that_is_none_is_said() -> None:
    done = call("demo", "--once", "--listen", "nonsense")
    assert done.exit_code == 2
    assert "listen = 'nonsense'" in done.stderr

"""What `pip install .` puts in place works with the checkout gone."""

import os
import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).parent.parent


def test_the_installed_command_runs_the_demo_with_its_shipped_model(tmp_path: Path) -> None:
    place = tmp_path / "site"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run([*pip, "--target", str(place), str(_ROOT)], check=True, timeout=200, cwd=tmp_path)
    assert {"proxy", "model"} <= {path.name for path in place.iterdir()}
    assert not (place / "data").exists()
    code = f"import proxy; assert proxy.__file__.startswith({str(place)!r}); from proxy.commands import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "demo", "--once", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(place)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "model" not in done.stderr

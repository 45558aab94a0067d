"""Everything has its place: every source file its test file, proxy/a/b.py → tests/proxy/a/test_b.py."""

import ast
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# Files without logic of their own, or whose logic has its test under another name: each with its reason.
WITHOUT: dict[str, str] = {
    "proxy/__main__.py": "one call",
    "proxy/doors/behind.py": "shapes alone",
}
ELSEWHERE: dict[str, str] = {
    "proxy/page/html.py": "tests/proxy/page/test_links_found.py",
    "proxy/page/markup.py": "tests/proxy/page/test_hostile.py",
    "proxy/page/reading.py": "tests/proxy/page/test_excerpt.py",
}


def has_logic(path: Path) -> bool:
    """True when a file defines a function or a class, or does anything but to import and to name."""
    tree = ast.parse(path.read_text("utf-8"))
    plain = (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.Expr)
    return not all(isinstance(node, plain) for node in tree.body)


def sources() -> list[Path]:
    """Return the source files that have logic, relative to the checkout. Migrations are tested by being run."""
    found = [path for package in ("proxy", "model") for path in (ROOT / package).rglob("*.py")]
    return sorted(path.relative_to(ROOT) for path in found if has_logic(path) and path.parent.name != "versions")


def mirrors(path: Path) -> list[Path]:
    """Return where a file's tests may stand; a package's own are named for it too."""
    folder = Path("tests") / path.parent
    if path.name == "__init__.py":
        return [folder / "test_init.py", folder / f"test_{path.parent.name}.py"]
    return [folder / f"test_{path.name}"]


@pytest.mark.parametrize("path", sources(), ids=str)
def test_it_has_its_test_file(path: Path) -> None:
    name = path.as_posix()
    if name in WITHOUT:
        return
    places = [Path(ELSEWHERE[name])] if name in ELSEWHERE else mirrors(path)
    assert any((ROOT / place).is_file() for place in places), f"{name} has no {' or '.join(map(str, places))}"


@pytest.mark.parametrize("name", [*WITHOUT, *ELSEWHERE])
def test_no_exception_outlives_its_file(name: str) -> None:
    assert (ROOT / name).is_file()
    assert not any((ROOT / place).is_file() for place in mirrors(Path(name))), f"{name} has its test now"


@pytest.mark.skipif(not (ROOT / ".git").exists() or not shutil.which("git"), reason="not a git checkout")
def test_nothing_stands_at_the_top_but_what_has_its_place_there() -> None:
    told = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found = {line.partition("/")[0] for line in told.splitlines()}
    assert {name for name in found if not name.startswith(".")} == {
        "proxy", "model", "data", "tests", "pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md",
    }  # fmt: skip

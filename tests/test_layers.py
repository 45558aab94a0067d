"""Imports go one way: nouns ← pure ← I/O ← pipeline ← faces; and the map in the package's docstring stays true."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LAYERS: dict[str, tuple[str, ...]] = {
    "nouns": ("errors", "ping", "policy", "lifecycle"),
    "pure": ("urls", "addresses", "wire", "identify", "page", "rules", "decide", "reply", "outcome"),
    "I/O": (
        "clock", "environment", "config", "reload", "systemd", "commons", "tally", "fetch", "score", "body", "reader", "handover", "hops", "connection", "exchange", "upstream", "relay", "target", "verify",
        "deliver", "limits", "metrics", "state", "backup", "privacy", "listener", "store", "labels",
    ),
    "pipeline": ("pipeline",),
    "faces": ("doors", "workers", "app", "admin", "demo", "commands", "recipes", "__main__"),
}  # fmt: skip
RANK = {room: rank for rank, rooms in enumerate(LAYERS.values()) for room in rooms}
PURE_RANK = 1
# What reads a clock, a file, a network or a log. Text is parsed by `re`, `lxml`, `expat` and the like.
IMPURE = {
    "aiohttp", "aiosqlite", "alembic", "asyncio", "http", "io", "logging", "multiprocessing", "os", "pathlib", "random", "secrets",
    "select", "shutil", "signal", "socket", "sqlalchemy", "sqlite3", "ssl", "subprocess", "tempfile", "threading", "time", "urllib.request",
}  # fmt: skip
CALLS_OF_THE_CLOCK = {"now", "utcnow", "today", "open", "print", "input"}
# The room that knows the model; commands may besides name what stands in its files, and its errors.
MODEL_ROOM = "score"
MODEL_NOUNS = {"model.sample", "model.errors"}
SCREEN_LINES = 40


def sources(package: str) -> list[Path]:
    """Return the package's source files, relative to the checkout."""
    return sorted(path.relative_to(ROOT) for path in (ROOT / package).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """Yield the full name of every module that the file imports, wherever in it."""
    for node in ast.walk(ast.parse((ROOT / path).read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            assert node.module is not None
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if _is_module(full) else node.module


def _is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


def room(path: Path) -> str:
    """Return the room of a file: what stands directly under proxy/."""
    return path.parts[1].removesuffix(".py")


FILES = [path for path in sources("proxy") if path != Path("proxy/__init__.py")]


@pytest.mark.parametrize("path", FILES, ids=str)
def test_a_room_imports_from_its_own_layer_and_those_below(path: Path) -> None:
    rank = RANK[room(path)]
    above = [name for name in imports(path) if name.startswith("proxy.") and RANK[name.split(".")[1]] > rank]
    assert above == []


@pytest.mark.parametrize("path", [path for path in FILES if RANK.get(room(path), 9) <= PURE_RANK], ids=str)
def test_a_pure_room_reads_no_clock_no_file_and_no_network(path: Path) -> None:
    assert [name for name in imports(path) if name in IMPURE or name.split(".")[0] in IMPURE] == []
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    called = {node.func for node in ast.walk(tree) if isinstance(node, ast.Call)}
    names = {
        func.attr if isinstance(func, ast.Attribute) else func.id
        for func in called
        if isinstance(func, ast.Attribute | ast.Name)
    }
    assert names & CALLS_OF_THE_CLOCK == set()


def test_every_room_stands_in_a_layer() -> None:
    assert {room(path) for path in FILES} == set(RANK)


def test_the_package_itself_holds_no_code() -> None:
    path = ROOT / "proxy" / "__init__.py"
    body = ast.parse(path.read_text("utf-8")).body if path.exists() else []
    assert all(isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) for node in body)


@pytest.mark.parametrize("path", sources("proxy"), ids=str)
def test_only_the_score_knows_the_model(path: Path) -> None:
    used = {name for name in imports(path) if name.split(".")[0] == "model"}
    assert path.parts[1].removesuffix(".py") == MODEL_ROOM or used <= (
        MODEL_NOUNS if "commands" in path.parts else set()
    )


@pytest.mark.parametrize("path", sources("model"), ids=str)
def test_the_model_knows_nothing_of_the_proxy(path: Path) -> None:
    assert [name for name in imports(path) if name.split(".")[0] == "proxy"] == []


@pytest.mark.parametrize("path", [*sources("proxy"), *sources("model")], ids=str)
def test_what_is_installed_imports_no_tests_and_no_data(path: Path) -> None:
    assert [name for name in imports(path) if name.split(".")[0] in {"tests", "data"}] == []


def _heads(path: Path) -> Iterator[str]:
    """Yield what a file imports while it is loaded: not within functions, not for types alone."""
    for node in ast.parse((ROOT / path).read_text("utf-8")).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            part = ast.Module([node], [])
            for one in ast.walk(part):
                if isinstance(one, ast.ImportFrom) and one.module:
                    for alias in one.names:
                        full = f"{one.module}.{alias.name}"
                        yield full if _is_module(full) else one.module


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = {
        ".".join(path.with_suffix("").parts).removesuffix(".__init__"): set(_heads(path)) for path in sources("proxy")
    }
    done: set[str] = set()

    def visit(name: str, way: tuple[str, ...]) -> None:
        assert name not in way, " → ".join((*way, name))
        if name not in done:
            for after in sorted(graph.get(name, set()) - {name}):
                if not name.startswith(f"{after}."):  # a package and its own rooms are loaded together
                    visit(after, (*way, name))
            done.add(name)

    for name in graph:
        visit(name, ())


def test_judging_fits_a_screen() -> None:
    tree = ast.parse((ROOT / "proxy" / "pipeline.py").read_text("utf-8"))
    (judge,) = (node for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef) and node.name == "judge")
    assert judge.end_lineno is not None
    assert judge.end_lineno - judge.lineno < SCREEN_LINES


def test_the_layers_do_not_hide_behind_names_of_the_standard_library() -> None:
    assert {name for name in RANK if name in sys.stdlib_module_names} <= {"__main__"}

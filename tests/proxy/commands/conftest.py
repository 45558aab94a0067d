"""A configuration for commands."""

from pathlib import Path

import pytest

from tests.databases import put_empty


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration whose upstream nobody listens at."""
    put_empty(tmp_path)
    path = tmp_path / "pingwarden.toml"
    path.write_text(
        f'state_dir = "{tmp_path}"\nlisten = "127.0.0.1:0"\nadmin_listen = "127.0.0.1:0"\n'
        '[[sites]]\nname = "blog"\npublic_url = "https://blog.example"\nupstream = "http://127.0.0.1:9"\n',
        encoding="utf-8",
    )
    return path

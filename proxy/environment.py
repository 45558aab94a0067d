"""What the processes that we start get of our environment: what they read, and nothing else.

Secrets of the configuration may stand in the environment, and a front or a reader has no business with them.
"""

import os
import sys
from fnmatch import fnmatchcase

_READ_BY_ALL = (
    "PATH", "LANG", "LC_*", "TZ", "TZDIR", "TMPDIR", "PYTHON*", "LD_LIBRARY_PATH", "MALLOC_*", "GLIBC_TUNABLES",
    "SSL_CERT_FILE", "SSL_CERT_DIR",
)  # fmt: skip


def for_child(*more: str) -> dict[str, str]:
    """Return the environment of a process that finds its modules where we do; *more* are names or patterns of names."""
    wanted = (*_READ_BY_ALL, *more)
    kept = {name: value for name, value in os.environ.items() if any(fnmatchcase(name, one) for one in wanted)}
    return kept | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}

"""Whether a request that changes something came from one of our own pages. Pure.

Browsers say where a request comes from: `Origin` on every POST, newer ones also `Sec-Fetch-Site` (Fetch Metadata).
A page of another site can set neither. Together with a SameSite=Strict session no token in forms is needed.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

SAFE_METHODS = frozenset({"GET", "HEAD"})


def is_ours(headers: Mapping[str, str], public_url: str) -> bool:
    """True when *headers* are those of a request from our own page; what does not say so is not."""
    site = headers.get("Sec-Fetch-Site")
    if site is not None and site != "same-origin":
        return False
    try:
        origin = urlsplit(headers.get("Origin", ""))
    except ValueError:
        return False
    if origin.scheme not in {"http", "https"} or not origin.netloc:
        return False
    ours = urlsplit(public_url)
    if public_url and (origin.scheme, origin.netloc.lower()) == (ours.scheme, ours.netloc.lower()):
        return True
    return origin.netloc.lower() == headers.get("Host", "").lower()


def local_path(told: str, otherwise: str) -> str:
    """Return *told* when it is a path on this very server, else *otherwise*: nobody is sent elsewhere."""
    plain = told.startswith("/") and not told.startswith("//") and "\\" not in told and told.isprintable()
    return told if plain and len(told) < 2000 else otherwise

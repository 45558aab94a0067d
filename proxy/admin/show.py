"""Templates to answers."""

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import aiohttp_jinja2
import jinja2
from aiohttp import web
from markupsafe import Markup, escape

from proxy.admin.plain import safe_link, visible
from proxy.admin.texts import LANGUAGES, Texts, choose, texts_in
from proxy.store.people import Person

_HERE = Path(__file__).parent
LANGUAGE_COOKIE = "pingwarden_language"
PERSON = web.RequestKey("person", Person)  # where the guard leaves who is signed in


def set_up(app: web.Application) -> None:
    """Give *app* its templates and static files."""
    env = aiohttp_jinja2.setup(
        app,
        loader=jinja2.FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        auto_reload=False,
    )
    env.filters |= {"visible": visible, "link": safe_link, "when": _when, "part": lambda text: quote(text, safe="")}
    env.globals |= {"static": _static, "languages": LANGUAGES}
    app.router.add_static("/static", _HERE / "static")


def page(request: web.Request, template: str, status: int = 200, **values: Any) -> web.Response:
    """Return the page that *template* makes of *values*, in the reader's language."""
    texts = texts_of(request)
    shared = {
        "texts": texts,
        "_": texts.say,
        "ngettext": texts.count,
        "person": person_of(request),
        "here": request.path_qs,
        "room": "/" + request.path.split("/")[1],
        "note": values.pop("note", ""),
    }
    return aiohttp_jinja2.render_template(template, request, {**shared, **values}, status=status)


def texts_of(request: web.Request) -> Texts:
    """Return the texts in the language of whoever asks."""
    return texts_in(choose(request.cookies.get(LANGUAGE_COOKIE), request.headers.get("Accept-Language", "")))


def person_of(request: web.Request) -> Person | None:
    """Return who is signed in."""
    return request.get(PERSON)


def signed_in(request: web.Request) -> Person:
    """Return who is signed in, where the guard let nobody else through."""
    found = person_of(request)
    if found is None:
        raise web.HTTPForbidden(text="Nobody is signed in.")
    return found


def see_other(path: str, **query: str) -> web.Response:
    """Send the browser on to *path* after a POST."""
    if query:
        path += ("&" if "?" in path else "?") + urlencode(query)
    return web.Response(status=303, headers={"Location": path})


def _when(at: datetime | None, style: str = "full") -> Markup:
    """Return a <time>; the page's script writes it in the reader's zone."""
    if at is None:
        return Markup("–")
    utc = at.astimezone(UTC)
    told = utc.strftime("%Y-%m-%d" if style == "day" else "%Y-%m-%d %H:%M UTC")
    return Markup('<time datetime="{}" data-style="{}">{}</time>').format(
        utc.isoformat(timespec="seconds"), style, told
    )


_versions: dict[str, str] = {}


def _static(name: str) -> str:
    """Return the address of a static file; it changes with the file, so that browsers may keep it."""
    if name not in _versions:
        _versions[name] = sha256((_HERE / "static" / name).read_bytes()).hexdigest()[:12]
    return str(escape(f"/static/{name}?v={_versions[name]}"))

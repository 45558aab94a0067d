"""How the fields agree with one another. Each is a hint that a spammer can forge, so all are believed little."""

import re
from collections.abc import Iterable
from typing import Final

from model.features import Signs, steps
from model.view import View

_PATH: Final = steps("title-path", (0.34, 0.67, 1))
_TAIL: Final = re.compile(r" ?[|–—«»·•~:-]+ ")
_EXCERPT: Final = steps("title-excerpt", (0.34, 0.67, 1))


def _share(words: set[str], text: str) -> float:
    return sum(word in text for word in words) / len(words)


def _letters(text: str) -> str:
    """The letters and digits alone."""
    return "".join(filter(str.isalnum, text))


def _signs(view: View) -> Iterable[str]:
    title = {word for word in view.title.words if len(word) > 2}
    path = _letters(view.address.path.lower())
    if title:
        yield from _of_title(view, title, path)
    name = "".join(view.blog_name.words)
    if name:
        host = _letters(view.address.host)
        if name in host:
            yield "blog_name-host=is in"
        elif not any(len(word) > 3 and word in host for word in view.blog_name.words):
            yield "blog_name-host=has nothing of"
    yield from _addresses(view)


def _of_title(view: View, title: set[str], path: str) -> Iterable[str]:
    if view.blog_name and view.title.words == view.blog_name.words:
        yield "title-blog_name"
    elif view.blog_name and set(view.blog_name.words) <= set(view.title.words):
        yield "title-holds-blog_name"
    if len(path) > 5 and len(title) > 1:
        share = _share(title, path)
        yield from _PATH(share)
        if not share:
            yield "title-elsewhere"
    if view.excerpt:
        yield from _EXCERPT(_share(title, view.excerpt.folded.text))
        if view.excerpt.words == view.title.words:
            yield "excerpt-is-title"
    if view.address.label and _share(title, view.address.label) == 1:
        yield "title-host"
    if _ends_in(view.title.folded.text, view.address.host):
        yield "title-tail"


def _ends_in(title: str, host: str) -> bool:
    """Does the title end in, or start with, the name of its site, as the titles of blogs' pages do?"""
    parts = _TAIL.split(title)
    names = [_letters(part) for part in (parts[0], parts[-1])] if len(parts) > 1 else []
    return any(len(name) > 3 and name in _letters(host) for name in names)


def _addresses(view: View) -> Iterable[str]:
    domain = view.address.domain
    if domain and domain in view.excerpt.folded.raw.lower():
        yield "excerpt-domain"
    for name, text in (("title", view.title), ("blog_name", view.blog_name)):
        if "://" in text.folded.plain or text.folded.plain.startswith("www."):
            yield f"is-address={name.replace('_', ' ')}"
    if view.page and view.title:
        same = view.title.folded.text[:40] in view.page.folded.text
        yield "title-page=is" if same else "title-page=is not"


FEATURES: Final = (
    Signs(
        "agreement",
        _signs,
        {
            "title-blog_name": "the title is the blog's name",
            "title-holds-blog_name": "the title holds the blog's name",
            "title-elsewhere": "the address has none of the title's words",
            "title-path": "at least {} % of the title's words are in the address",
            "title-tail": "the title names its site",
            "title-excerpt": "at least {} % of the title's words are in the excerpt",
            "excerpt-is-title": "the excerpt is the title again",
            "title-host": "the title's words are the domain's name",
            "blog_name-host": "the host's name {} the blog's name",
            "excerpt-domain": "the excerpt names the source's own domain",
            "is-address": "the {} is an address",
            "title-page": "the title {} on the page",
        },
        scale=0.02,
    ),
)

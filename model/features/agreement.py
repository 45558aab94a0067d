"""How the fields agree with one another. Each is a hint that a spammer can forge, so all are believed little."""

from collections.abc import Iterable
from typing import Final

from model.features import Signs, steps
from model.view import View

_EXCERPT: Final = steps("title-excerpt", (0.34, 0.67, 1))


def _share(words: set[str], text: str) -> float:
    return sum(word in text for word in words) / len(words)


def _signs(view: View) -> Iterable[str]:
    title = {word for word in view.title.words if len(word) > 2}
    path = "".join(char for char in view.address.path.lower() if char.isalnum())
    if title:
        yield from _of_title(view, title, path)
    name = "".join(view.blog_name.words)
    if name:
        host = "".join(char for char in view.address.host if char.isalnum())
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
    if len(path) > 5 and len(title) > 1 and not _share(title, path):
        yield "title-elsewhere"
    if view.excerpt:
        yield from _EXCERPT(_share(title, view.excerpt.folded.text))
        if view.excerpt.words == view.title.words:
            yield "excerpt-is-title"
    if view.address.label and _share(title, view.address.label) == 1:
        yield "title-host"


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
            "title-excerpt": "of the title's words at least {} are in the excerpt",
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

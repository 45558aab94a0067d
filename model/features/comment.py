"""The words of a comment and of its writer's home, besides as an excerpt's and an address's: people say other things in
comments than pages do, and the homes of honest writers are other places than the pages of honest posts."""

from typing import Final

from model.features import Words
from model.features.host import host_words
from model.features.path import path_words
from model.sample import Kind
from model.view import View


def _said(view: View) -> tuple[str, ...]:
    return view.excerpt.words if view.kind is Kind.COMMENT else ()


def _home(view: View) -> tuple[str, ...]:
    return (*host_words(view), *path_words(view)) if view.kind is Kind.COMMENT else ()


FEATURES: Final = (
    Words("comment", _said, "the comment says “{}”", scale=1.25, letters=0.6),
    Words("comment.home", _home, "the address of who comments holds “{}”", scale=1.25, letters=0.6),
)

"""The words of the blog's name: the cheapest field to forge, so it is believed less than the others."""

from typing import Final

from model.features import Words

FEATURES: Final = (
    Words("blog_name", lambda view: view.blog_name.words, "the blog is called “{}”", scale=0.5, letters=0.25),
)

"""The words of the page that was fetched: its title and the text around its link."""

from typing import Final

from model.features import Words

FEATURES: Final = (Words("page", lambda view: view.page.words, "the page says “{}”", scale=0.5, letters=0.25),)

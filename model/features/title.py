"""The words of the title."""

from typing import Final

from model.features import Words

FEATURES: Final = (Words("title", lambda view: view.title.words, "the title says “{}”"),)

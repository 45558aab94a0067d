"""The words of the title, which spam seldom wastes on anything but what it sells: believed most of all."""

from typing import Final

from model.features import Words

FEATURES: Final = (Words("title", lambda view: view.title.words, "the title says “{}”", scale=2.0, letters=1.0),)

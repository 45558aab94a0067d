"""The words of the excerpt's head. What follows the head is not read: that is where padding goes. Much spam carries
an excerpt taken from an honest page, so it is believed less than the title."""

from typing import Final

from model.features import Words

FEATURES: Final = (Words("excerpt", lambda view: view.excerpt.words, "the excerpt says “{}”", scale=0.5, letters=0.25),)

"""The words of the excerpt's head. What follows the head is not read: that is where padding goes."""

from typing import Final

from model.features import Words

FEATURES: Final = (Words("excerpt", lambda view: view.excerpt.words, "the excerpt says “{}”"),)

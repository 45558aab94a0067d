"""What was just done, in a sentence."""

from dataclasses import dataclass

from proxy.admin.texts import Texts

# Both forms of each: one thing, several.
_SENTENCES = {
    "approve": ("{n} linkback approved.", "{n} linkbacks approved."),
    "spam": ("{n} linkback rejected or labelled as spam.", "{n} linkbacks rejected or labelled as spam."),
    "reject": ("{n} linkback rejected.", "{n} linkbacks rejected."),
    "label-spam": ("{n} linkback labelled as spam.", "{n} linkbacks labelled as spam."),
    "label-ham": ("{n} linkback labelled as honest.", "{n} linkbacks labelled as honest."),
    "label-none": ("{n} label taken away.", "{n} labels taken away."),
    "check": ("{n} source fetched again.", "{n} sources fetched again."),
    "delete": ("{n} linkback deleted.", "{n} linkbacks deleted."),
    "rule-added": ("{n} rule added.", "{n} rules added."),
    "rule-changed": ("{n} rule changed.", "{n} rules changed."),
    "rule-removed": ("{n} rule deleted.", "{n} rules deleted."),
    "model-promoted": ("{n} model put in force.", "{n} models put in force."),
    "model-back": ("The model before is in force again.", "The model before is in force again."),
    "policy": ("The policy of {n} site was changed.", "The policies of {n} sites were changed."),
}


@dataclass(frozen=True, slots=True)
class DoneView:
    """The sentence, and the id to undo it by (None when there is nothing to undo)."""

    sentence: str
    undo_id: str | None


def done_view(texts: Texts, what: str, changed: int, skipped: int, undo_id: str | None, undo_s: float) -> DoneView:
    """Return what was done in a sentence."""
    one, many = _SENTENCES[what]
    parts = [texts.count(one, many, changed)]
    if what == "approve" and changed and undo_s:
        parts.append(texts.say("WordPress gets it in {seconds} s.", seconds=texts.number(undo_s)))
    if skipped:
        parts.append(texts.count("{n} does not allow that.", "{n} do not allow that.", skipped))
    return DoneView(" ".join(parts), undo_id)

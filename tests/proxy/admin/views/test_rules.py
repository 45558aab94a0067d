"""Rules as sentences and as forms."""

from proxy.admin.json import rule_from_json
from proxy.admin.texts import Texts
from proxy.admin.views.rules import form_from, form_of, sentence, to_json


def test_a_form_says_the_rule_that_it_was_made_of() -> None:
    raw = {
        "name": "n",
        "action": "points",
        "points": -1.5,
        "enabled": False,
        "site": "blog",
        "when": {
            "kind": "pingback",
            "source_host": ["a.example", "b.example"],
            "source_domain": ["c.example"],
            "source_path": "/x/*",
            "target_path": "/y",
            "remote_network": ["192.0.2.0/24"],
            "words": ["one two", "three"],
            "pattern": "x+",
            "self": False,
        },
        "expires_at": "2027-01-02",
        "note": "why",
    }
    rule = rule_from_json(raw, {"blog"}, "ID")
    form = form_of(rule)
    assert rule_from_json(to_json(form), {"blog"}, "ID") == rule
    assert rule_from_json(to_json(form_from({"enabled": "", **vars_of(form)}, fresh=True)), {"blog"}, "ID") == rule
    assert sentence(Texts(), rule).startswith(
        "Add −1.5 points to a linkback when it is a pingback and its source is on"
    )


def vars_of(form: object) -> dict[str, str]:
    return {name: getattr(form, name) for name in form.__dataclass_fields__}  # type: ignore[attr-defined]

"""Every text for people that the admin pages hold, as keys of the translations.

python -m tests.proxy.admin.messages     lists those that locale/*.po lack
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import proxy.admin
from proxy.admin import guard
from proxy.admin.reasons import DETAILS, EVENTS, FIELDS, REASONS, REFUSALS, SIGNS, TRAINING
from proxy.admin.texts import LANGUAGES, read_po
from proxy.admin.views import done, model, overview, ping, policies, rules, training, words
from proxy.score import sentences

HERE = Path(proxy.admin.__file__).parent
_TEXT = r"""(?:"([^"]*)"|'([^']*)')"""
_CALL = re.compile(rf"(?<![\w.])(_|ngettext)\({_TEXT}(?:, {_TEXT})?")
_TABLES: tuple[object, ...] = (
    REASONS, DETAILS, TRAINING, REFUSALS, FIELDS, SIGNS, EVENTS, sentences(), guard._SENTENCES, words.STATES, words._LABELS, done._SENTENCES, model._KNOWN, model._NAMES, model._SOURCES, model._NOT_PERSONS, training._HEADINGS, overview._NAMES, overview._BUDGETS,
    ping._DEMANDS, ping._FAILURES, rules._SENTENCES, rules._KINDS, policies._WAYS, rules._LISTED, rules._FITTING, tuple(overview._SPANS),
)  # fmt: skip
# Values of the data themselves that are shown.
_VALUES = ("pingback", "trackback", "ham", "spam", "approve", "hold", "reject")


def messages() -> dict[str, str]:
    """Every message with its plural form (empty where it has none)."""
    found = dict.fromkeys([*_VALUES, *(text for table in _TABLES for text in _texts(table))], "")
    for file in sorted(HERE.rglob("*.py")):
        found |= dict(_of_code(ast.parse(file.read_text(encoding="utf-8"))))
    for file in sorted((HERE / "templates").iterdir()):
        for name, one, other, many, others in _CALL.findall(file.read_text(encoding="utf-8")):
            found[one or other] = (many or others) if name == "ngettext" else ""
    for one, many in done._SENTENCES.values():
        found.pop(many, None)
        found[one] = many
    return found


def _texts(table: object) -> Iterator[str]:
    if isinstance(table, str):
        yield table
    elif isinstance(table, dict):
        for value in table.values():
            yield from _texts(value)
    elif isinstance(table, tuple):
        for value in table:
            yield from _texts(value)


def _of_code(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        told = [part for argument in node.args for part in _constants(argument)]
        if name == "say":
            yield from ((text, "") for text in told)
        elif name in {"count", "_amount"} and len(told) == 2:
            yield told[0], told[1]
        elif name == "_answer":
            yield from ((text, "") for text in told)


def _constants(node: ast.expr) -> list[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    return [*_constants(node.body), *_constants(node.orelse)] if isinstance(node, ast.IfExp) else []


def lacking(language: str) -> list[str]:
    """The messages that a language does not translate."""
    catalog = read_po((HERE / "locale" / f"{language}.po").read_text(encoding="utf-8"))
    return [message for message in messages() if message not in catalog]


if __name__ == "__main__":
    for language in LANGUAGES:
        if language != "en":
            print("\n".join(f"{language}: {message}" for message in lacking(language)))

"""A page's own `<style>` rules, as far as they can hide something: simple selectors, last one wins.

Read are type, class and id selectors and their combinations in one element and along ancestors (`.a`, `#b`, `p.c`,
`.d a`, `.d > a`). What else CSS can say is left out, which makes a link visible rather than hidden.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from proxy.page.visibility import declarations, unescaped, without_comments

MAX_RULES = 2000
MAX_STYLE_CHARS = 512 * 1024
MAX_MATCH_STEPS = 300_000

_RELEVANT = re.compile(
    r"display|visibility|opacity|filter|font|width|height|overflow|position|left|top|right|bottom|inset|margin"
    r"|transform|translate|scale|text-indent|clip|color|background",
    re.IGNORECASE,
)
_BRACES = re.compile(r"[{}]")
_SIMPLE = re.compile(r"([a-z][a-z0-9-]*|\*)?((?:[.#][a-z0-9_\u0080-\U0010ffff-]+)*)(?::link)?", re.IGNORECASE)
_PART = re.compile(r"[.#][^.#]+")
_FOR_ALL = frozenset({"", "all", "screen", "only screen"})
_ENTERED = ("@media", "@supports", "@layer")
_MAX_COMPOUNDS = 4
_WITHOUT_SCRIPTS = frozenset({"no-js", "nojs", "no-script"})  # a script takes them away before anybody looks


@dataclass(frozen=True, slots=True)
class Name:
    """What selectors see of an element."""

    tag: str
    id: str = ""
    classes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Compound:
    tag: str
    id: str
    classes: frozenset[str]
    child: bool = False  # must be the parent of the next one, not just any ancestor

    def fits(self, name: Name) -> bool:
        return self.tag in {"", name.tag} and (not self.id or self.id == name.id) and self.classes <= name.classes


@dataclass(frozen=True, slots=True)
class _Rule:
    specificity: tuple[int, int, int]
    order: int
    compounds: tuple[_Compound, ...]  # the element itself last
    css: dict[str, str]


@dataclass(slots=True)
class Sheet:
    """All rules of a page, found by what their last compound names."""

    truncated: bool = False
    unread_backgrounds: bool = False  # a rule that we cannot read paints a background somewhere
    _rules: dict[str, list[_Rule]] = field(default_factory=dict)
    _count: int = 0
    _steps: int = 0
    _chars: int = 0

    def add(self, css: str) -> None:
        """Read one `<style>` element."""
        room = MAX_STYLE_CHARS - self._chars
        self.truncated |= len(css) > room
        css = css[:room]
        self._chars += len(css)
        for prelude, body in _blocks(without_comments(css)):
            if _RELEVANT.search(body) or "\\" in body:
                self._add_rule(prelude, declarations(body))

    @property
    def empty(self) -> bool:
        """True when no rule was kept."""
        return not self._rules

    def of(self, name: Name, ancestors: Sequence[Name]) -> list[dict[str, str]]:
        """Return the declarations that apply to an element, the weakest first."""
        if self._steps > MAX_MATCH_STEPS:
            return []
        keys = [name.tag, "*", *(f".{word}" for word in name.classes)]
        if name.id:
            keys.append(f"#{name.id}")
        fitting = [rule for key in keys for rule in self._rules.get(key, ()) if self._fits(rule, name, ancestors)]
        fitting.sort(key=lambda rule: (rule.specificity, rule.order))
        return [rule.css for rule in fitting]

    def _add_rule(self, prelude: str, css: dict[str, str]) -> None:
        for selector in prelude.split(","):
            if self._count >= MAX_RULES:
                self.truncated = True
                return
            compounds = _compounds(selector)
            if not compounds:
                self.unread_backgrounds |= "background" in css or "background-color" in css
                continue
            self._count += 1
            last = compounds[-1]
            key = f"#{last.id}" if last.id else f".{min(last.classes)}" if last.classes else last.tag or "*"
            rule = _Rule(_specificity(compounds), self._count, compounds, css)
            self._rules.setdefault(key, []).append(rule)

    def _fits(self, rule: _Rule, name: Name, ancestors: Sequence[Name]) -> bool:
        self._steps += 1
        if self._steps > MAX_MATCH_STEPS:
            self.truncated = True
            return False
        *above, last = rule.compounds
        return last.fits(name) and (not above or self._fit_above(above, ancestors))

    def _fit_above(self, above: list[_Compound], ancestors: Sequence[Name]) -> bool:
        """Match from the inside out, taking the nearest ancestor each time."""
        wanted = len(above) - 1
        for name in reversed(ancestors):
            self._steps += 1
            if above[wanted].fits(name):
                wanted -= 1
                if wanted < 0:
                    return True
            elif above[wanted].child:
                return False
        return False


def name_of(tag: str, element_id: str | None, class_names: str | None) -> Name:
    """Return what selectors see of an element with these attributes."""
    classes = frozenset((class_names or "").split()[:50]) - _WITHOUT_SCRIPTS
    return Name(tag, element_id or "", classes)


def _specificity(compounds: Iterable[_Compound]) -> tuple[int, int, int]:
    parts = list(compounds)
    ids = sum(1 for part in parts if part.id)
    return ids, sum(len(part.classes) for part in parts), sum(1 for part in parts if part.tag)


def _compounds(selector: str) -> tuple[_Compound, ...]:
    """Return the parts of a selector that we can read, else nothing."""
    words = selector.replace(">", " > ").split()
    found: list[_Compound] = []
    if len(words) > 2 * _MAX_COMPOUNDS:
        return ()
    for position, word in enumerate(words):
        if word == ">":
            continue
        match = _SIMPLE.fullmatch(unescaped(word))
        if not match:
            return ()
        parts = _PART.findall(match[2])
        ids = [part[1:] for part in parts if part[0] == "#"]
        classes = frozenset(part[1:] for part in parts if part[0] == ".")
        tag = "" if match[1] in {None, "*"} else match[1].lower()
        child = words[position + 1 : position + 2] == [">"]
        found.append(_Compound(tag, ids[0] if ids else "", classes, child))
    return tuple(found[: _MAX_COMPOUNDS + 1]) if len(found) <= _MAX_COMPOUNDS else ()


def _blocks(css: str) -> Iterable[tuple[str, str]]:
    """Yield selector and declarations of each plain rule, in media that a usual screen shows; linear."""
    position = 0
    open_preludes: list[str] = []
    skipping = 0  # depth inside of blocks that do not count
    for brace in _BRACES.finditer(css):
        text = css[position : brace.start()]
        position = brace.end()
        if brace[0] == "{":
            prelude = text.rpartition(";")[2].strip()
            open_preludes.append(prelude)
            skipping += bool(skipping or not _counts(prelude, open_preludes))
        elif open_preludes:
            prelude = open_preludes.pop()
            if skipping:
                skipping -= 1
            elif not prelude.startswith("@"):
                yield prelude, text


def _counts(prelude: str, open_preludes: list[str]) -> bool:
    """Does what stands in this block count on a usual screen?"""
    if len(open_preludes) > 1 and not open_preludes[-2].startswith("@"):
        return False  # nested rules
    if not prelude.startswith("@"):
        return True
    word, _, query = prelude.lower().partition(" ")
    if word == "@supports" and query.lstrip().startswith("not"):
        return False  # what is meant for browsers that lack something: hardly any does
    return word in _ENTERED and (word != "@media" or for_screens(query))


def for_screens(media: str) -> bool:
    """Return True when a media query holds on any screen."""
    return any(" ".join(part.split()) in _FOR_ALL for part in media.lower().split(","))

"""Can a reader see it? What declarations, attributes and tags do to the text inside an element.

No layout and no scripts: these are the tricks that hide links, read one by one. What a foreign stylesheet does we
cannot know, so what is unknown counts as visible.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from proxy.page.colors import CLEAR, Color, color, first_color

_FAR_PX = 500.0  # nothing that is meant to be seen is moved out by more
_FAINT = 0.05
_DOT_PX = 1.0
_ROOT_FONT_PX = 16.0

_LENGTH = re.compile(r"([+-]?(?:\d{1,9}(?:\.\d{0,9})?|\.\d{1,9}))(px|pt|pc|em|rem|ex|ch|vw|vh|cm|mm|in|q|%)?")
# A percentage and a viewport are taken of 1000 px: only far away or nothing matters.
_PX = {"px": 1, "pt": 4 / 3, "pc": 16, "ex": 8, "ch": 8, "cm": 37.8, "mm": 3.78, "in": 96, "q": 0.94}
_PX |= {"": 1, "em": 16, "rem": 16, "vw": 10, "vh": 10, "%": 10}
_CSS_ESCAPE = re.compile(r"\\(?:([0-9a-f]{1,6})\s?|(.))", re.IGNORECASE | re.DOTALL)
_NUMBERS = re.compile(r"[+-]?(?:\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})")
_MAX_VALUE_CHARS = 300

Declarations = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Look:
    """How the content of an element looks; made from its parent's by `dressed`. None means "not known"."""

    hidden: bool = False  # no descendant can undo it
    invisible: bool = False  # the property visibility, which a descendant can undo
    off_indent: bool = False
    font_px: float = _ROOT_FONT_PX
    color: Color | None = None
    background: Color | None = None

    @property
    def readable(self) -> bool:
        """True when text with this look can be read."""
        return self.drawn and not self.off_indent and self.font_px > _DOT_PX and not self._no_contrast()

    @property
    def drawn(self) -> bool:
        """True when a picture with this look can be seen."""
        return not self.hidden and not self.invisible

    def _no_contrast(self) -> bool:
        if self.color is None:
            return False
        if self.color.alpha <= _FAINT:
            return True
        return self.background is not None and self.color.is_like(self.background)


def declarations(style: str) -> dict[str, str]:
    """Return the declarations of a style attribute or rule, names and values in lower case, the last one winning.

    `!important` stays at the end of a value as `!`; see `merged`.
    """
    found: dict[str, str] = {}
    for part in unescaped(without_comments(style)).lower().split(";"):
        name, colon, value = part.partition(":")
        if not colon:
            continue
        name, value = name.strip(), value.strip()[:_MAX_VALUE_CHARS]
        if "!" in value:
            value = value.partition("!")[0].rstrip() + "!"
        if value.endswith("!") or not found.get(name, "").endswith("!"):
            found[name] = value
    return found


def merged(*layers: Declarations) -> dict[str, str]:
    """Return the declarations that win, from the weakest layer to the strongest; important ones beat later layers."""
    result: dict[str, str] = {}
    for layer in layers:
        for name, value in layer.items():
            if value.endswith("!") or not result.get(name, "").endswith("!"):
                result[name] = value
    return {name: value.removesuffix("!") for name, value in result.items()}


def without_comments(css: str) -> str:
    """Return *css* without comments; one that is never closed runs to the end. Takes linear time."""
    if "/*" not in css:
        return css
    kept: list[str] = []
    position = 0
    while (start := css.find("/*", position)) >= 0:
        kept.append(css[position:start])
        end = css.find("*/", start + 2)
        if end < 0:
            return "".join(kept)
        position = end + 2
    kept.append(css[position:])
    return " ".join(kept)


def unescaped(css: str) -> str:
    """Return *css* with its escapes resolved: `d\\69splay` is `display` (CSS Syntax §4.3.7)."""
    return _CSS_ESCAPE.sub(_unescape, css) if "\\" in css else css


def _unescape(match: re.Match[str]) -> str:
    code = int(match[1], 16) if match[1] else 0
    return match[2] or (chr(code) if 0 < code < 0xD800 or 0xDFFF < code < 0x110000 else "\ufffd")


def px(text: str | None) -> float | None:
    """Return a length in pixels, roughly, or None for what is no length."""
    found = _LENGTH.fullmatch(text.strip().lower()) if text else None
    return float(found[1]) * _PX[found[2] or ""] if found else None


def dressed(parent: Look, css: Declarations, *, whole_page: bool = False) -> Look:
    """Return the look of an element inside *parent* that has these declarations.

    *whole_page* is for `<html>` and `<body>`: pages that hide themselves until a script has run (AMP, consent
    and test tools) are still read by people.
    """
    hidden = parent.hidden or (not whole_page and _hides(css))
    visibility = css.get("visibility")
    invisible = parent.invisible
    if visibility in {"hidden", "collapse"} and not whole_page:
        invisible = True
    elif visibility in {"visible", "initial"}:
        invisible = False
    background = _background(parent, css)
    return replace(
        parent,
        hidden=hidden,
        invisible=invisible,
        off_indent=_off_indent(parent, css),
        font_px=_font_px(parent, css),
        color=_text_color(parent, css),
        background=background,
    )


def _hides(css: Declarations) -> bool:
    return (
        css.get("display") == "none"
        or css.get("content-visibility") == "hidden"
        or _is_faint(css)
        or _is_no_box(css)
        or _is_far_away(css)
        or _is_clipped(css)
    )


def _is_faint(css: Declarations) -> bool:
    opacity = css.get("opacity")
    if opacity and _LENGTH.fullmatch(opacity):
        return float(opacity.rstrip("%abcdefghijklmnopqrstuvwxyz")) / (100 if "%" in opacity else 1) <= _FAINT
    shine = css.get("filter", "").replace(" ", "") + ")"
    return any(trick in shine for trick in ("opacity(0)", "opacity(0%)", "opacity=0)"))


def _is_no_box(css: Declarations) -> bool:
    overflow = " ".join(css.get(name, "") for name in ("overflow", "overflow-x", "overflow-y"))
    if not any(word in overflow for word in ("hidden", "clip", "scroll", "auto")):
        return False
    sides = (px(css.get(name)) for name in ("width", "height", "max-width", "max-height"))
    return any(side is not None and side <= _DOT_PX for side in sides)


def _is_far_away(css: Declarations) -> bool:
    if css.get("position") in {"absolute", "fixed", "relative", "sticky"}:
        offsets = [css.get(name) for name in ("left", "top", "right", "bottom")]
        offsets += css.get("inset", "").split()
        if any(abs(px(offset) or 0) > _FAR_PX and not str(offset).endswith("%") for offset in offsets):
            return True
    margins = [css.get("margin-left"), css.get("margin-top"), *css.get("margin", "").split()]
    if any((px(margin) or 0) < -_FAR_PX for margin in margins):
        return True
    moved = css.get("transform", "") + " " + css.get("translate", "") + " scale(" + css.get("scale", "") + ")"
    return ("(0)" in moved.replace(" ", "") and "scale" in moved) or _moves_far(moved)


def _moves_far(moved: str) -> bool:
    if "translate" not in moved:
        return False
    words = re.split(r"[\s,()]+", moved)
    return any(abs(px(word) or 0) > _FAR_PX and not word.endswith("%") for word in words)


def _is_clipped(css: Declarations) -> bool:
    clip = css.get("clip", "")
    if clip.startswith("rect(") and "auto" not in clip:
        edges = [float(number) for number in _NUMBERS.findall(clip)[:4]]
        if len(edges) == 4 and (edges[1] - edges[3] <= _DOT_PX or edges[2] - edges[0] <= _DOT_PX):
            return True
    shape, _, arguments = css.get("clip-path", "").partition("(")
    numbers = [float(number) for number in _NUMBERS.findall(arguments)]
    if not numbers:
        return False
    if shape == "inset":
        return "%" in arguments and numbers[0] >= 50
    return (shape in {"circle", "ellipse"} and numbers[0] == 0) or (shape == "polygon" and not any(numbers))


def _off_indent(parent: Look, css: Declarations) -> bool:
    indent = px((css.get("text-indent", "").split() or [""])[0])
    return parent.off_indent if indent is None else abs(indent) > _FAR_PX


def _font_px(parent: Look, css: Declarations) -> float:
    text = css.get("font-size") or _size_in_font(css.get("font", ""))
    found = _LENGTH.fullmatch(text)
    if not found:
        return _ROOT_FONT_PX if text else parent.font_px  # keywords are all legible
    size, unit = float(found[1]), found[2] or ""
    if unit in {"em", "%"}:
        return parent.font_px * size / (100 if unit == "%" else 1)
    return size * (_PX[unit])


def _size_in_font(font: str) -> str:
    """Find the size in a `font` shorthand such as `italic 700 0/0 a`."""
    words = [word.partition("/")[0] for word in font.split()[:8]]
    sizes = (word for word in words if _LENGTH.fullmatch(word) and not re.fullmatch(r"[1-9]00", word))
    return next(sizes, "")


def _text_color(parent: Look, css: Declarations) -> Color | None:
    clipped_to_text = "text" in css.get("background-clip", "") + css.get("-webkit-background-clip", "")
    text = css.get("-webkit-text-fill-color") or css.get("color")
    if clipped_to_text:  # the background shines through the letters
        return None
    if not text or text in {"inherit", "currentcolor", "unset"}:
        return parent.color
    return color(text)


def _background(parent: Look, css: Declarations) -> Color | None:
    if css.get("background-image", "none") != "none":
        return None
    shorthand = css.get("background", "")
    text = css.get("background-color", "")
    if "(" in shorthand and not shorthand.startswith(("rgb", "hsl")):
        return None  # a picture or a gradient
    found = (color(text) if text else None) or first_color(shorthand)
    if found == CLEAR or (not text and not shorthand) or shorthand in {"none", "inherit", "0", "0 0"}:
        return parent.background
    return found if found is None or found.alpha > 0.5 else parent.background

"""CSS colours, as far as needed to see whether a text has the colour of what it stands on."""

import colorsys
import re
from dataclasses import dataclass

# CSS Color 4 §6.1, name and value.
_CSS_NAMES = """
    aliceblue:f0f8ff antiquewhite:faebd7 aqua:00ffff aquamarine:7fffd4 azure:f0ffff beige:f5f5dc bisque:ffe4c4
    black:000000 blanchedalmond:ffebcd blue:0000ff blueviolet:8a2be2 brown:a52a2a burlywood:deb887 cadetblue:5f9ea0
    chartreuse:7fff00 chocolate:d2691e coral:ff7f50 cornflowerblue:6495ed cornsilk:fff8dc crimson:dc143c cyan:00ffff
    darkblue:00008b darkcyan:008b8b darkgoldenrod:b8860b darkgray:a9a9a9 darkgreen:006400 darkgrey:a9a9a9
    darkkhaki:bdb76b darkmagenta:8b008b darkolivegreen:556b2f darkorange:ff8c00 darkorchid:9932cc darkred:8b0000
    darksalmon:e9967a darkseagreen:8fbc8f darkslateblue:483d8b darkslategray:2f4f4f darkslategrey:2f4f4f
    darkturquoise:00ced1 darkviolet:9400d3 deeppink:ff1493 deepskyblue:00bfff dimgray:696969 dimgrey:696969
    dodgerblue:1e90ff firebrick:b22222 floralwhite:fffaf0 forestgreen:228b22 fuchsia:ff00ff gainsboro:dcdcdc
    ghostwhite:f8f8ff gold:ffd700 goldenrod:daa520 gray:808080 green:008000 greenyellow:adff2f grey:808080
    honeydew:f0fff0 hotpink:ff69b4 indianred:cd5c5c indigo:4b0082 ivory:fffff0 khaki:f0e68c lavender:e6e6fa
    lavenderblush:fff0f5 lawngreen:7cfc00 lemonchiffon:fffacd lightblue:add8e6 lightcoral:f08080 lightcyan:e0ffff
    lightgoldenrodyellow:fafad2 lightgray:d3d3d3 lightgreen:90ee90 lightgrey:d3d3d3 lightpink:ffb6c1
    lightsalmon:ffa07a lightseagreen:20b2aa lightskyblue:87cefa lightslategray:778899 lightslategrey:778899
    lightsteelblue:b0c4de lightyellow:ffffe0 lime:00ff00 limegreen:32cd32 linen:faf0e6 magenta:ff00ff maroon:800000
    mediumaquamarine:66cdaa mediumblue:0000cd mediumorchid:ba55d3 mediumpurple:9370db mediumseagreen:3cb371
    mediumslateblue:7b68ee mediumspringgreen:00fa9a mediumturquoise:48d1cc mediumvioletred:c71585 midnightblue:191970
    mintcream:f5fffa mistyrose:ffe4e1 moccasin:ffe4b5 navajowhite:ffdead navy:000080 oldlace:fdf5e6 olive:808000
    olivedrab:6b8e23 orange:ffa500 orangered:ff4500 orchid:da70d6 palegoldenrod:eee8aa palegreen:98fb98
    paleturquoise:afeeee palevioletred:db7093 papayawhip:ffefd5 peachpuff:ffdab9 peru:cd853f pink:ffc0cb plum:dda0dd
    powderblue:b0e0e6 purple:800080 rebeccapurple:663399 red:ff0000 rosybrown:bc8f8f royalblue:4169e1
    saddlebrown:8b4513 salmon:fa8072 sandybrown:f4a460 seagreen:2e8b57 seashell:fff5ee sienna:a0522d silver:c0c0c0
    skyblue:87ceeb slateblue:6a5acd slategray:708090 slategrey:708090 snow:fffafa springgreen:00ff7f steelblue:4682b4
    tan:d2b48c teal:008080 thistle:d8bfd8 tomato:ff6347 turquoise:40e0d0 violet:ee82ee wheat:f5deb3 white:ffffff
    whitesmoke:f5f5f5 yellow:ffff00 yellowgreen:9acd32
"""
_NAMED = dict(pair.split(":") for pair in _CSS_NAMES.split())
_HEX = re.compile(r"#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})")
_BARE_HEX = re.compile(r"[0-9a-f]{6}")  # bgcolor=ffffff, as old pages write
_FUNCTION = re.compile(r"(rgb|hsl)a?\(([^()]{1,80})\)")
_NEAR = 10  # of 255, per channel: nobody reads #f8f8f8 on white


@dataclass(frozen=True, slots=True)
class Color:
    """Red, green and blue from 0 to 255, opacity from 0 to 1."""

    red: float
    green: float
    blue: float
    alpha: float = 1.0

    def is_like(self, other: "Color") -> bool:
        """True when text in the one colour cannot be read on the other."""
        pairs = ((self.red, other.red), (self.green, other.green), (self.blue, other.blue))
        return all(abs(mine - theirs) <= _NEAR for mine, theirs in pairs)


WHITE = Color(255, 255, 255)
CLEAR = Color(0, 0, 0, 0)


def color(text: str) -> Color | None:
    """Return the colour that *text* names in CSS or an old attribute, or None."""
    text = text.strip().lower()
    if text == "transparent":
        return CLEAR
    if text in _NAMED:
        return _from_hex(_NAMED[text])
    if _HEX.fullmatch(text) or _BARE_HEX.fullmatch(text):
        return _from_hex(text.removeprefix("#"))
    function = _FUNCTION.fullmatch(text)
    return _from_function(function[1], function[2]) if function else None


def first_color(text: str) -> Color | None:
    """Return the first colour of a shorthand such as `background: url(x) #fff no-repeat`, or None."""
    function = _FUNCTION.search(text)
    if function:
        return _from_function(function[1], function[2])
    return next((found for word in text.split()[:12] if (found := color(word))), None)


def _from_hex(digits: str) -> Color:
    if len(digits) < 6:
        digits = "".join(digit * 2 for digit in digits)
    red, green, blue, *alpha = (int(digits[i : i + 2], 16) for i in range(0, len(digits), 2))
    return Color(red, green, blue, alpha[0] / 255 if alpha else 1.0)


def _from_function(name: str, arguments: str) -> Color | None:
    words = re.split(r"[\s,/]+", arguments.strip().removesuffix(","))
    try:
        first, second, third, *alpha = (_number(word) for word in words)
    except ValueError:
        return None
    opacity = alpha[0] / (100 if words[3].endswith("%") else 1) if alpha else 1.0
    if name == "rgb":
        scale = [2.55 if word.endswith("%") else 1 for word in words]
        return Color(first * scale[0], second * scale[1], third * scale[2], opacity)
    red, green, blue = colorsys.hls_to_rgb((first / 360) % 1.0, _unit(third), _unit(second))
    return Color(red * 255, green * 255, blue * 255, opacity)


def _number(word: str) -> float:
    found = re.fullmatch(r"([+-]?(?:\d{1,9}(?:\.\d{0,9})?|\.\d{1,9}))(?:%|deg)?", word)
    if not found:
        raise ValueError(word)
    return float(found[1])


def _unit(percent: float) -> float:
    return min(max(percent / 100, 0.0), 1.0)

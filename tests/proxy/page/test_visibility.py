"""Which links a reader cannot see, and which look hidden but are not."""

import pytest

T = "https://blog.example/2024/post/"
LINK = f'<a href="{T}">post</a>'


def styled(css: str) -> str:
    return f'<p>Hello <a href="{T}" style="{css}">post</a></p>'


def inside(css: str) -> str:
    return f'<p style="{css}">Hello <b>{LINK}</b></p>'


def ruled(css: str, html: str) -> str:
    return f"<style>{css}</style>{html}"


HIDDEN = {
    "the attribute hidden": f"<p hidden>{LINK}</p>",
    "hidden until found": f'<p hidden="until-found">{LINK}</p>',
    "aria-hidden": f'<p aria-hidden="true">{LINK}</p>',
    "noscript": f"<noscript>{LINK}</noscript>",
    "noscript in the head": f"<head><noscript>{LINK}</noscript></head>",
    "a closed dialog": f"<dialog>{LINK}</dialog>",
    "no text": f'<a href="{T}"></a>',
    "only blanks": f'<a href="{T}"> &nbsp;\n</a>',
    "only letters without ink": f'<a href="{T}">&#8203;&zwnj;&shy;&#xfeff;&#x3164;</a>',
    "a dot of an image": f'<a href="{T}"><img src=a.gif width=1 height=1></a>',
    "an image of no width": f'<a href="{T}"><img src=a.gif width=0></a>',
    "a dot by style": f'<a href="{T}"><img src=a.gif style="width:1px;height:1px"></a>',
    "a hidden image": f'<a href="{T}"><img src=a.gif style="display:none"></a>',
    "an image without source": f'<a href="{T}"><img alt=""></a>',
    "text hidden inside the link": f'<a href="{T}"><span style="display:none">post</span></a>',
    "an image map that no image uses": f'<map name=m><area coords="0,0,9,9" href="{T}"></map>',
    "an area without a place": f'<img src=x usemap="#m"><map name=m><area href="{T}"></map>',
    "display none": styled("display:none"),
    "display none above": inside("display:none"),
    "display none in capitals with blanks": styled(" DISPLAY : NONE "),
    "display none, important": styled("display:none !important"),
    "display none after a broken part": styled("foo; ;:; display:none"),
    "display none behind a comment": styled("/* x */display:none"),
    "display none with a comment inside": styled("disp/**/lay:block;display:no/* */ne;display:none"),
    "display none with an escape": styled("d\\69splay:no\\6e e"),
    "visibility hidden": styled("visibility:hidden"),
    "visibility collapse above": inside("visibility:collapse"),
    "opacity 0": inside("opacity:0"),
    "opacity 0.0": styled("opacity:0.0"),
    "opacity .01": styled("opacity:.01"),
    "opacity in percent": styled("opacity:1%"),
    "a filter": inside("filter: opacity(0)"),
    "an old filter": inside("filter: alpha(opacity=0)"),
    "font of no size": inside("font-size:0"),
    "font of one pixel": styled("font-size:1px"),
    "a tiny font in em": inside("font-size:0.01em"),
    "tiny of tiny": f'<p style="font-size:10%"><b style="font-size:20%">{LINK}</b></p>',
    "a font shorthand": inside("font:0/0 a"),
    "no height": inside("height:0;overflow:hidden"),
    "one pixel wide": inside("width:1px;overflow:hidden"),
    "no room at most": inside("max-height:0;overflow-y:clip"),
    "far left": inside("position:absolute;left:-9999px"),
    "far above": inside("position:fixed;top:-200em"),
    "far right": inside("position:absolute;left:99999px"),
    "far by inset": inside("position:absolute;inset:-9999px auto auto"),
    "far left, relative": inside("position:relative;left:-5000px"),
    "far by margin": inside("margin-left:-9999px"),
    "far by margin shorthand": inside("margin:0 0 0 -9999px"),
    "far by indent": inside("text-indent:-9999px"),
    "far by transform": inside("transform:translateX(-9999px)"),
    "shrunk to nothing": inside("transform:scale(0)"),
    "clipped away": inside("position:absolute;clip:rect(0 0 0 0)"),
    "clipped to a dot": inside("position:absolute;clip:rect(1px,1px,1px,1px)"),
    "clip-path inset": inside("clip-path:inset(50%)"),
    "clip-path circle": inside("clip-path:circle(0)"),
    "clip-path polygon": inside("clip-path: polygon(0 0, 0 0, 0 0)"),
    "content not rendered": inside("content-visibility:hidden"),
    "transparent": styled("color:transparent"),
    "transparent rgba": styled("color:rgba(0,0,0,0)"),
    "transparent hex": styled("color:#0000"),
    "white on the white page": styled("color:#fff"),
    "nearly white on white": styled("color:rgb(252, 253, 254)"),
    "white by name": styled("color:white"),
    "white by hsl": styled("color:hsl(0 0% 100%)"),
    "black on black": f'<div style="background:#000"><p>{styled("color:black")}</p></div>',
    "red on red, own background": styled("background-color:red;color:#f00"),
    "colour of the table cell": f"<table><tr><td bgcolor=#eeeeee>{styled('color:#eee')}</table>",
    "colour of an old page": f'<body bgcolor="ffffff" link="#FFFFFF">{LINK}',
    "a font element inside the link": f'<body bgcolor=navy><a href="{T}"><font color=navy>post</font></a>',
    "a class in the page's style": ruled(".x{display:none}", f"<p class='a x'>{LINK}</p>"),
    "an id in the page's style": ruled("#x { visibility : hidden }", f"<p id=x>{LINK}</p>"),
    "a tag in the page's style": ruled("aside{opacity:0}", f"<aside>{LINK}</aside>"),
    "tag and class": ruled("p.x{left:-9999px;position:absolute}", f"<p class=x>{LINK}</p>"),
    "a list of selectors": ruled("h1, .y , .x{display:none}", f"<p class=x>{LINK}</p>"),
    "a descendant": ruled(".x a{display:none}", f"<p class=x>{LINK}</p>"),
    "a child": ruled(".x > b > a{font-size:0}", f"<p class=x><b>{LINK}</b></p>"),
    "the later rule": ruled(".x{display:block}.x{display:none}", f"<p class=x>{LINK}</p>"),
    "the weightier rule": ruled("#x{display:none}.x{display:block}", f"<p class=x id=x>{LINK}</p>"),
    "the important rule": ruled(".x{display:none!important}", f'<p class=x style="display:block">{LINK}</p>'),
    "position by class, place by style": ruled(".x{position:absolute}", f'<p class=x style="top:-900px">{LINK}</p>'),
    "a rule for screens": ruled("@media screen{.x{display:none}}", f"<p class=x>{LINK}</p>"),
    "a rule in a layer": ruled("@layer base{.x{display:none}}", f"<p class=x>{LINK}</p>"),
    "a rule after others": ruled("@import 'x';@media print{.y{color:red}} .x{display:none}", f"<p class=x>{LINK}</p>"),
    "a rule after a comment": ruled("/* .x{} */ .x{display:none}", f"<p class=x>{LINK}</p>"),
    "a style in the body": f"<p class=x>{LINK}</p><style>.x{{display:none}}</style>",
    "links coloured as the page": ruled("body{background:#123} a{color:#123}", LINK),
    "everything about it": ruled(".q{text-indent:-9000px}", f"<div class=q><p><i>{LINK}</i></p></div>"),
}

VISIBLE = {
    "display block": styled("display:block"),
    "the later declaration": styled("display:none;display:inline"),
    "hidden but displayed": f'<p hidden style="display:block">{LINK}</p>',
    "aria-hidden is false": f'<p aria-hidden="false">{LINK}</p>',
    "visible again inside": f'<p style="visibility:hidden">{styled("visibility:visible")}</p>',
    "large again inside": f'<p style="font-size:0">{styled("font-size:16px")}</p>',
    "part of the text is hidden": f'<a href="{T}"><span style="display:none">x</span>post</a>',
    "half opaque": inside("opacity:0.5"),
    "small print": inside("font-size:8px"),
    "a small font in em": inside("font-size:.7em"),
    "a font keyword": inside("font-size:xx-small"),
    "a bold font": inside("font:bold 12px/1.5 serif"),
    "a weight is no size": inside("font: 100 14px a"),
    "no height, but no clipping": inside("height:0"),
    "clipping, but room": inside("overflow:hidden;width:100%;height:20px"),
    "left without position": inside("left:-9999px"),
    "moved a little": inside("position:relative;left:-10px;top:2em"),
    "a usual indent": inside("text-indent:2em"),
    "a slider's pane": inside("transform:translateX(-100%)"),
    "scaled up": inside("transform:scale(1.1)"),
    "clip auto": inside("clip:auto"),
    "a clip with room": inside("clip:rect(0,200px,50px,0)"),
    "an image with a size": f'<a href="{T}"><img src=a.png width=20 height=20></a>',
    "an image sized in percent": f'<a href="{T}"><img src=a.png width="100%"></a>',
    "white on black": f'<div style="background:#000">{styled("color:#fff")}</div>',
    "white on a picture": f'<div style="background:url(a.jpg) #fff">{styled("color:#fff")}</div>',
    "white on a gradient": f'<div style="background:linear-gradient(#fff,#000)">{styled("color:#fff")}</div>',
    "white where a stylesheet may paint": f"<link rel=stylesheet href=a.css><div class=hero>{styled('color:#fff')}</div>",
    "white where a rule that we cannot read paints": ruled("div:nth-child(1){background:#000}", styled("color:#fff")),
    "the colour of its parents": f'<div style="color:#fff;background:#fff">{LINK}</div>',  # browsers paint links blue
    "gradient letters": styled("background:linear-gradient(red,blue);-webkit-background-clip:text;color:transparent"),
    "an unknown colour": styled("color:var(--x)"),
    "a rule for printers": ruled("@media print{.x{display:none}}", f"<p class=x>{LINK}</p>"),
    "a rule for small screens": ruled("@media (max-width:600px){.x{display:none}}", f"<p class=x>{LINK}</p>"),
    "a style for printers": f"<style media=print>.x{{display:none}}</style><p class=x>{LINK}</p>",
    "a rule for another class": ruled(".xy{display:none}", f"<p class=x>{LINK}</p>"),
    "a rule for both classes": ruled(".x.y{display:none}", f"<p class=x>{LINK}</p>"),
    "a rule for a hovering state": ruled(".x:hover{display:none}", f"<p class=x>{LINK}</p>"),
    "a child that is none": ruled(".x > a{display:none}", f"<p class=x><b>{LINK}</b></p>"),
    "a rule in a comment": ruled("/* .x{display:none} */", f"<p class=x>{LINK}</p>"),
    "a rule in a template": f"<template><style>p{{display:none}}</style></template><p>{LINK}</p>",
    "the weightier rule shows it": ruled("#x{display:block}.x{display:none}", f"<p class=x id=x>{LINK}</p>"),
    "the style shows it": ruled(".x{display:none}", f'<p class=x style="display:block">{LINK}</p>'),
    "a page that waits for its script": ruled("body{visibility:hidden;opacity:0}", f"<body>{LINK}"),
    "a rule for browsers without scripts": ruled(".no-js .x{display:none}", f"<body class=no-js><p class=x>{LINK}</p>"),
    "a sibling is hidden": f"<p hidden>secret</p><p>{LINK}</p>",
    "an unclosed hidden span before, closed by its block": f"<p><span hidden>x</span></p><p>{LINK}</p>",
    "an empty style": styled(""),
    "nonsense": styled("}{;:;!important;display"),
}


@pytest.mark.parametrize("html", HIDDEN.values(), ids=HIDDEN.keys())
def test_found_but_hidden(read, html):
    facts = read(html)
    assert (facts.link_found, facts.link_visible) == (True, False)


@pytest.mark.parametrize("html", VISIBLE.values(), ids=VISIBLE.keys())
def test_visible(read, html):
    facts = read(html)
    assert (facts.link_found, facts.link_visible) == (True, True)


def test_hidden_text_is_no_text(read):
    facts = read("<title>t</title><p>One  two\n</p><p hidden>three</p><noscript>four</noscript><script>5</script>")
    assert facts.text_chars == len("One two")


def test_of_a_hidden_link_the_excerpt_shows_what_is_hidden(read):
    facts = read(f"<p>Seen.</p><p hidden>Cheap {LINK} pills</p>")
    assert facts.excerpt == "Seen. Cheap post pills"


def test_of_a_visible_link_the_excerpt_shows_what_is_seen(read):
    assert read(f"<p>Seen.</p><p hidden>Cheap</p> {LINK} <i hidden>pills</i>.").excerpt == "Seen. post ."

"""Every door and every non-door of facts §2, and the post that a trackback means."""

import pytest

from proxy.errors import FaultCode, MalformedPing
from proxy.identify import (
    FORM_NAMES,
    PLAIN_SCRIPTS,
    ByNumber,
    ByPath,
    ByQuery,
    Door,
    PathOrNumber,
    PostName,
    door,
    is_trackback,
    rpc_endpoint,
    split_target,
    trackback_post,
)
from proxy.wire.php_form import read_form, read_query
from proxy.wire.php_names import ARRAY

FORM = "application/x-www-form-urlencoded"
ALPHA = "/2024/03/03/alpha"

CALLS = {
    "the plain path": "/xmlrpc.php",
    "with path info": "/xmlrpc.php/anything",
    "a slash behind": "/xmlrpc.php/",
    "two slashes before": "//xmlrpc.php",
    "a dot segment": "/./xmlrpc.php",
    "a segment taken back": "/x/../xmlrpc.php",
    "a segment taken back, encoded": "/x/%2e%2e/xmlrpc.php",
    "a letter encoded": "/%78mlrpc.php",
    "the dot encoded": "/xmlrpc%2ephp",
    "an encoded slash behind": "/xmlrpc.php%2Ffoo",
    "an encoded slash before": "/foo/..%2fxmlrpc.php",
    "any query": "/xmlrpc.php?for=jetpack",
    "a query with a URL": "/xmlrpc.php?x=http://a/",
    "rsd is left to WordPress, but read": "/xmlrpc.php?rsd",
    "absolute form": "http://blog.example/xmlrpc.php",
    "absolute form, any scheme, any case": "HTTPS://other.example:8443/xmlrpc.php",
    "absolute form without a host": "http:///xmlrpc.php",
    "a fragment, where nginx ends the path": "/xmlrpc.php#x",
    "a fragment before it, which Caddy takes for a path": "/x#/../xmlrpc.php",
    "a subdirectory install": "/blog/xmlrpc.php",
    "a site of a network": "/two/xmlrpc.php",
    "any segment before it on a network": "/anything/xmlrpc.php",
    "a line end behind, which the rewrite of a network cuts off": "/a/xmlrpc.php%0A",
    "a line end and more behind": "/a/xmlrpc.php%0Ax",
    "a scheme inside the path": "/a://xmlrpc.php",
    "a scheme deep in the path": "/x/a://xmlrpc.php/y",
    "taken back behind an empty segment, which older servers count": "/xmlrpc.php//../x",
    "taken back, to be sure": "/xmlrpc.php/../x",
    "a backslash, which Caddy 2.6 takes for a quote": "/\\xmlrpc.php",
    "such a one inside, encoded": "/xm%5Clrpc.php",
    "a backslash, which Windows takes for a slash": "/x%5Cxmlrpc.php",
}
NO_CALLS = {
    "upper case": "/XMLRPC.PHP",
    "no extension": "/xmlrpc",
    "a dot behind": "/xmlrpc.php.",
    "a blank behind": "/xmlrpc.php%20",
    "a path parameter": "/xmlrpc.php;x",
    "a NUL behind": "/xmlrpc.php%00",
    "a NUL inside": "/xmlrpc%00.php",
    "an encoded question mark behind": "/xmlrpc.php%3Fx",
    "encoded twice": "/%2578mlrpc.php",
    "a longer name": "/myxmlrpc.php",
    "only in the query": "/?xmlrpc.php",
    "only in the query, behind a slash": "/?x=/xmlrpc.php",
    "only as a host": "http://xmlrpc.php/",
    "the front page": "/",
    "nothing": "",
}


@pytest.mark.parametrize("raw", CALLS.values(), ids=CALLS.keys())
@pytest.mark.parametrize("has_form", [True, False], ids=["as a form", "as anything"])
def test_xmlrpc_is_read_at(raw: str, has_form: bool) -> None:
    assert door("POST", split_target(raw), "", has_form=has_form) is Door.XMLRPC


@pytest.mark.parametrize("raw", NO_CALLS.values(), ids=NO_CALLS.keys())
def test_xmlrpc_is_not_at(raw: str) -> None:
    assert door("POST", split_target(raw), "", has_form=False) is Door.NONE


@pytest.mark.parametrize("raw", [*CALLS.values(), f"{ALPHA}/trackback/", "/?tb=1"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_no_other_method_executes_anything(method: str, raw: str) -> None:
    assert door(method, split_target(raw), "", has_form=True) is Door.NONE


@pytest.mark.parametrize("method", ["post", "Post"])
def test_a_post_is_one_in_small_letters_too(method: str) -> None:
    assert door(method, split_target("/xmlrpc.php"), "", has_form=False) is Door.XMLRPC
    assert door(method, split_target("/"), "", has_form=True) is Door.FORM


ENDPOINTS = {
    "the plain path": ("/xmlrpc.php", "/xmlrpc.php"),
    "what follows goes": ("/xmlrpc.php/x?y", "/xmlrpc.php"),
    "a site of a network": ("/two/xmlrpc.php/x", "/two/xmlrpc.php"),
    "dots are resolved": ("/x/../two//./xmlrpc.php", "/two/xmlrpc.php"),
    "a line end behind goes": ("/two/xmlrpc.php%0A", "/two/xmlrpc.php"),
    "taken back": ("/two/xmlrpc.php//../x", "/two/xmlrpc.php"),
    "backslashes go": ("/two/xml%5Crpc.php/x", "/two/xmlrpc.php"),
    "or become slashes": ("/two%5Cxmlrpc.php", "/two/xmlrpc.php"),
    "a line end cannot break our own request": ("/a%0D%0AX:%20y/xmlrpc.php", "/a%0D%0AX:%20y/xmlrpc.php"),
    "nor can a question mark": ("/a%3Fb/xmlrpc.php", "/a%3Fb/xmlrpc.php"),
    "bytes stay the same bytes": ("/%E3%81%82/xmlrpc.php", "/%E3%81%82/xmlrpc.php"),
}


@pytest.mark.parametrize(("raw", "endpoint"), ENDPOINTS.values(), ids=ENDPOINTS.keys())
def test_a_call_is_delivered_to_the_normal_path(raw: str, endpoint: str) -> None:
    assert rpc_endpoint(split_target(raw)) == endpoint


# Facts §2.2, and what a real WordPress 6.1.9 behind nginx stored in tries.
PATHS_OF_TRACKBACKS = {
    "the trackback URL": f"{ALPHA}/trackback/",
    "without the last slash": f"{ALPHA}/trackback",
    "more slashes behind": f"{ALPHA}/trackback///",
    "a letter encoded": f"{ALPHA}/%74rackback/",
    "a line end behind": f"{ALPHA}/trackback%0A",
    "a line end behind the slash": f"{ALPHA}/trackback/%0A",
    "a line end before the slash": f"{ALPHA}/trackback%0A/",
    "two slashes before": f"/{ALPHA}/trackback/",
    "any query": f"{ALPHA}/trackback/?x=y",
    "an encoded slash": "/2024/03/03/alpha%2Ftrackback/",
    "an encoded slash behind": f"{ALPHA}/trackback%2F",
    "a page's": "/about/trackback/",
    "behind index.php": f"/index.php{ALPHA}/trackback/",
    "behind index.php with an encoded question mark": f"/index.php{ALPHA}/trackback%3Fx",
    "behind index.php with encoded slashes": f"/index.php{ALPHA}/trackback%2F%2F",
    "numeric": "/archives/4/trackback",
    "a subdirectory install": "/blog/alpha/trackback/",
    "the script with a number": "/wp-trackback.php?p=4",
    "the script with path info": "/wp-trackback.php/4",
    "the script with more path info": "/wp-trackback.php/foo/4",
    "the script on a network": "/two/wp-trackback.php/4",
    "the script and a line end, which the rewrite of a network cuts off": "/a/wp-trackback.php%0A/4",
    "the script taken back behind an empty segment": "/wp-trackback.php//../4",
    "a fragment, over which servers differ": "/?x#&tb=1",
    "absolute form": f"http://blog.example{ALPHA}/trackback/",
}
FORMS_TO_LOOK_INTO = {
    "the front page": "/",
    "a permalink": f"{ALPHA}/",
    "a script that runs the main query": "/wp-blog-header.php",
    "a plain script in another directory": "/two/wp-login.php",
    "a plain script with path info": "/wp-admin/post.php/x",
    "a plain script in capitals is the front page": "/WP-LOGIN.PHP",
    "a plain script with a letter encoded": "/%77p-login.php",
    "a plain script by way of another": "/index.php/../wp-login.php",
    "a plain script by way of an empty segment": "/index.php//../wp-login.php",
    "a plain script behind two slashes": "//wp-login.php",
    "a plain script in absolute form": "http://blog.example/wp-login.php",
    "an unknown script of the dashboard": "/wp-admin/nosuch.php",
    "upper case is no trackback path, but a form all the same": f"{ALPHA}/TRACKBACK/",
    "a name that goes on": f"{ALPHA}/trackbacks/",
    "a name that begins earlier": f"{ALPHA}/mytrackback/",
    "encoded twice": f"{ALPHA}/%2574rackback/",
    "one more segment": f"{ALPHA}/trackback/x",
}


@pytest.mark.parametrize("raw", PATHS_OF_TRACKBACKS.values(), ids=PATHS_OF_TRACKBACKS.keys())
def test_a_form_is_a_trackback_by_its_path(raw: str) -> None:
    target = split_target(raw)
    knocked = door("POST", target, "", has_form=True)
    assert knocked is Door.TRACKBACK
    assert is_trackback(knocked, {}, {})
    assert door("POST", target, "", has_form=False) is Door.NONE


@pytest.mark.parametrize("raw", FORMS_TO_LOOK_INTO.values(), ids=FORMS_TO_LOOK_INTO.keys())
def test_a_form_is_looked_into(raw: str) -> None:
    assert door("POST", split_target(raw), "", has_form=True) is Door.FORM
    assert door("POST", split_target(raw), "", has_form=False) is Door.NONE


@pytest.mark.parametrize("script", sorted(PLAIN_SCRIPTS))
def test_uploads_and_logins_pass_unread(script: str) -> None:
    assert door("POST", split_target(f"/{script}?x=http://a/"), "", has_form=True) is Door.NONE
    assert door("POST", split_target(f"/blog/{script}"), "/blog", has_form=True) is Door.NONE


@pytest.mark.parametrize(
    "raw",
    ["/wp-login.php", "/blogwp-login.php", "/blog//wp-login.php", "/x/blog/wp-login.php", "/Blog/wp-login.php"],
)
def test_plain_scripts_stand_directly_under_the_site_s_path(raw: str) -> None:
    assert door("POST", split_target(raw), "/blog", has_form=True) is Door.FORM


TB_FIELDS = {
    "in the body": ("", b"tb=1"),
    "emptied later, where PHP may have stopped reading": ("", b"tb=1&tb="),
    "in the query": ("tb=1", b""),
    "zero counts": ("", b"tb=0"),
    "any text counts": ("", b"tb=foo"),
    "an array counts": ("", b"tb[]=1"),
    "an empty array item counts": ("tb[]=", b""),
    "a blank before": ("", b"+tb=1"),
    "a letter encoded": ("", b"%74b=1"),
    "a NUL and more": ("", b"tb%00x=1"),
    "behind a URL in the query": ("p=4&x=http://a&tb=1", b""),
    "behind another URL in the query": ("u=https://b.example/?c&tb=1", b""),
    "behind a fragment": ("x=1#&tb=1", b""),
    "full in the query, empty in the body": ("tb=1", b"tb="),
    "the last of two": ("", b"tb=&tb=1"),
}
NO_TB_FIELDS = {
    "none": ("", b"url=http://a/&title=T"),
    "empty": ("tb=", b"tb="),
    "upper case": ("TB=1", b"TB=1"),
    "a dot behind": ("", b"tb.=1"),
    "behind a semicolon": ("", b"x=1;tb=1"),
    "another name": ("tbx=1", b"xtb=1"),
    "in a value": ("x=tb=1", b"x=tb%3D1"),
}


def _fields(raw_query: str, body: bytes) -> tuple[dict[str, object], dict[str, object]]:
    target = split_target("/?" + raw_query)
    return dict(read_query(target.query, FORM_NAMES)), dict(read_form(FORM, body, FORM_NAMES))


@pytest.mark.parametrize(("query", "body"), TB_FIELDS.values(), ids=TB_FIELDS.keys())
def test_the_field_tb_makes_a_trackback_of_any_form(query: str, body: bytes) -> None:
    in_query, in_body = _fields(query, body)
    assert is_trackback(Door.FORM, in_query, in_body)  # type: ignore[arg-type]


@pytest.mark.parametrize(("query", "body"), NO_TB_FIELDS.values(), ids=NO_TB_FIELDS.keys())
def test_other_forms_are_no_trackbacks(query: str, body: bytes) -> None:
    in_query, in_body = _fields(query, body)
    assert not is_trackback(Door.FORM, in_query, in_body)  # type: ignore[arg-type]


POSTS: dict[str, tuple[str, str, bytes, PostName]] = {
    "a permalink": (f"{ALPHA}/trackback/", "", b"", ByPath(f"{ALPHA}/")),
    "a permalink without slash": (f"{ALPHA}/trackback", "", b"", ByPath(f"{ALPHA}/")),
    "a permalink with slashes": (f"{ALPHA}/trackback//", "", b"", ByPath(f"{ALPHA}/")),
    "a permalink with an encoded slash": ("/2024/03/03/alpha%2Ftrackback/", "", b"", ByPath(f"{ALPHA}/")),
    "a permalink in Japanese": ("/%e3%81%82/trackback/", "", b"", ByPath("/%E3%81%82/")),
    "a permalink in bytes that were not encoded": ("/\u3042\udcff/trackback/", "", b"", ByPath("/%E3%81%82%FF/")),
    "a permalink whose name ends in a number": ("/archives/4/trackback", "", b"", ByPath("/archives/4/")),
    "a page": ("/about/trackback/", "", b"", ByPath("/about/")),
    "behind index.php": (f"/index.php{ALPHA}/trackback/", "", b"", ByPath(f"/index.php{ALPHA}/")),
    "behind index.php, cut at a question mark": (
        f"/index.php{ALPHA}/trackback%3Fx", "", b"", ByPath(f"/index.php{ALPHA}/"),
    ),
    "the permalink itself with tb in the body": (f"{ALPHA}/", "", b"tb=1", ByPath(f"{ALPHA}/")),
    "the number behind the last slash of the query": ("/?tb=1&x=/4", "", b"", ByNumber(4, "")),
    "the same below an archive": (
        "/author/admin/?tb=1&z=/5", "", b"", PathOrNumber("/author/admin/", 5, ""),
    ),
    "the same on a later page": ("/page/1/?tb=1&q=/4", "", b"", PathOrNumber("/page/1/", 4, "")),
    "the same in a search": ("/?s=q&tb=1&x=/4", "", b"", ByNumber(4, "")),
    "a path that ends in a number": ("/nosuch/4?tb=1", "", b"", PathOrNumber("/nosuch/4", 4, "")),
    "p in the query": ("/?p=4&tb=1", "", b"", ByNumber(4, "")),
    "p in the query below any path": ("/any/path?p=4&tb=1", "", b"", ByNumber(4, "")),
    "p in the body": ("/", "", b"tb=1&p=4", ByNumber(4, "")),
    "p in both, the same": ("/?p=4", "", b"tb=1&p=4", ByNumber(4, "")),
    "p with a tail": ("/?p=4abc&tb=1", "", b"", ByNumber(4, "")),
    "p behind a URL": ("/?x=http://a&p=4&tb=1", "", b"", ByNumber(4, "")),
    "p before the path's number": ("/nosuch/5?p=4&tb=1", "", b"", ByNumber(4, "")),
    "page_id": ("/?page_id=8&tb=1", "", b"", ByNumber(8, "")),
    "name": ("/", "", b"tb=1&name=alpha", ByQuery("name", "alpha", "")),
    "pagename": ("/?pagename=about/us&tb=1", "", b"", ByQuery("pagename", "about/us", "")),
    "the script with p": ("/wp-trackback.php?p=4", "", b"", ByNumber(4, "")),
    "the script with a path": ("/wp-trackback.php/4", "", b"", ByNumber(4, "")),
    "the script with junk behind": ("/wp-trackback.php/4junk", "", b"", ByNumber(4, "")),
    "the script with a fraction": ("/wp-trackback.php/4.9", "", b"", ByNumber(4, "")),
    "the script with a deeper path": ("/wp-trackback.php/foo/4", "", b"", ByNumber(4, "")),
    "the script with a slash in the query": ("/wp-trackback.php?x=/4", "", b"", ByNumber(4, "")),
    "the script with a line end": ("/wp-trackback.php/4%0A", "", b"", ByNumber(4, "")),
    "the script with an empty tb_id": ("/wp-trackback.php/4?tb_id=", "", b"", ByNumber(4, "")),
    "the script with tb_id zero": ("/wp-trackback.php/4?tb_id=0", "", b"", ByNumber(4, "")),
    "the script with tb_id in the body": ("/wp-trackback.php/4", "", b"tb_id=9", ByNumber(4, "")),
    "a subdirectory install": ("/blog/alpha/trackback/", "/blog", b"", ByPath("/blog/alpha/")),
    "a subdirectory install's front page": ("/blog/?tb=1&x=/4", "/blog", b"", ByNumber(4, "/blog")),
    "a subdirectory install's index.php": ("/blog/index.php?tb=1&x=/4", "/blog", b"", ByNumber(4, "/blog")),
    "a subdirectory install's script": ("/blog/wp-trackback.php?p=4", "/blog", b"", ByNumber(4, "/blog")),
    "a site of a network": ("/two/wp-trackback.php/4", "", b"", ByNumber(4, "/two")),
    "any segment of a network": ("/x/wp-blog-header.php?page_id=8&tb=1", "", b"", ByNumber(8, "/x")),
    "a site of a network, its permalink": (f"/two{ALPHA}/trackback/", "", b"", ByPath(f"/two{ALPHA}/")),
    "a line end in the site's name stays encoded": ("/a%0D%0Ab/wp-trackback.php/4", "", b"", ByNumber(4, "/a%0D%0Ab")),
}  # fmt: skip


def _post(raw: str, base: str, body: bytes) -> PostName:
    target = split_target(raw)
    return trackback_post(target, base, read_query(target.query, FORM_NAMES), read_form(FORM, body, FORM_NAMES))


@pytest.mark.parametrize(("raw", "base", "body", "post"), POSTS.values(), ids=POSTS.keys())
def test_a_trackback_means_the_post_that_wordpress_would_choose(
    raw: str, base: str, body: bytes, post: PostName
) -> None:
    assert _post(raw, base, body) == post


NO_POST = {
    "the front page": ("/?tb=1", "", b""),
    "the front page of a subdirectory": ("/blog/?tb=1", "/blog", b""),
    "the bare word": ("/trackback/", "", b""),
    "the bare word in a subdirectory": ("/blog/trackback/", "/blog", b""),
    "the script alone": ("/wp-trackback.php", "", b""),
    "the script with a word": ("/wp-trackback.php/foo", "", b""),
    "a negative number": ("/?p=-4&tb=1", "", b""),
    "number zero": ("/?p=0&tb=1", "", b""),
    "a word for a number": ("/?p=x&tb=1", "", b""),
    "digits that PHP does not know": ("/?p=%D9%A4&tb=1", "", b""),
    "a tb_id in the query switches the path off": ("/wp-trackback.php/4?tb_id=4", "", b""),
}
UNCLEAR = {
    "two selectors": ("/?p=4&name=beta&tb=1", "", b""),
    "query and body differ": ("/?p=4&tb=1", "", b"p=5"),
    "an array": ("/?p[]=4&tb=1", "", b""),
    "an array in the body": ("/", "", b"tb=1&name[]=alpha"),
}


@pytest.mark.parametrize(("raw", "base", "body"), NO_POST.values(), ids=NO_POST.keys())
def test_a_trackback_without_a_post_hears_wordpress_s_own_words(raw: str, base: str, body: bytes) -> None:
    with pytest.raises(MalformedPing, match=r"I really need an ID for this to work\.") as problem:
        _post(raw, base, body)
    assert problem.value.fault is FaultCode.TARGET_UNUSABLE


@pytest.mark.parametrize(("raw", "base", "body"), UNCLEAR.values(), ids=UNCLEAR.keys())
def test_a_trackback_that_names_its_post_unclearly_is_refused(raw: str, base: str, body: bytes) -> None:
    with pytest.raises(MalformedPing) as problem:
        _post(raw, base, body)
    assert problem.value.fault is FaultCode.INVALID_PARAMS


def test_an_array_is_told_from_an_empty_field() -> None:
    assert is_trackback(Door.FORM, {"tb": ARRAY}, {})

"""The second reader takes documents of the specification's shape and no others."""

import pytest

from proxy.errors import MalformedPing
from proxy.wire.body import SMALL
from proxy.wire.strict import multicall_members, ping_arguments, read_strictly

VALUES = "<param><value>s</value></param><param><value><string> t </string></value></param>"


def call(inside: str, declaration: str = "") -> bytes:
    """A document around *inside*."""
    return f"{declaration}<methodCall>{inside}</methodCall>".encode()


GOOD = [
    ("a name alone", "<methodName>m</methodName>"),
    ("empty params", "<methodName>m</methodName><params/>"),
    ("blanks and comments between", "\n<methodName> m\n</methodName> <!-- c --> <params>\n</params>\n"),
    ("values of any type", "<methodName>m</methodName><params><param><value><ex/></value></param></params>"),
]


@pytest.mark.parametrize("padding", [0, SMALL], ids=["small", "large"])
@pytest.mark.parametrize("inside", [row[1] for row in GOOD], ids=[row[0] for row in GOOD])
def test_the_specification_s_shape_is_taken(inside: str, padding: int) -> None:
    assert read_strictly(call(inside) + b"\n" * padding).method == "m"


BAD = [
    ("nothing", ""),
    ("no name", "<params/>"),
    ("params first", "<params/><methodName>m</methodName>"),
    ("two names", "<methodName>m</methodName><methodName>m</methodName>"),
    ("a name further down", "<methodName>m</methodName><params><param><value><methodName/></value></param></params>"),
    ("an element in the name", "<methodName>m<x/></methodName>"),
    ("text beside the name", "x<methodName>m</methodName>"),
    ("text beside the params", "<methodName>m</methodName><params/>x"),
    ("a value outside its param", "<methodName>m</methodName><params><value>1</value></params>"),
    ("something else in a param", "<methodName>m</methodName><params><param><string>1</string></param></params>"),
    ("a third part", "<methodName>m</methodName><params/><params/>"),
]


@pytest.mark.parametrize("padding", [0, SMALL], ids=["small", "large"])
@pytest.mark.parametrize("inside", [row[1] for row in BAD], ids=[row[0] for row in BAD])
def test_other_shapes_are_refused(inside: str, padding: int) -> None:
    with pytest.raises(MalformedPing):
        read_strictly(call(inside) + b"\n" * padding)


PROLOGS = [
    ("a doctype", "<!DOCTYPE methodCall>"),
    ("an instruction", "<?a b?>"),
    ("a comment", "<!-- c -->"),
    ("a stylesheet", "<?xml-stylesheet href='a'?>"),
    ("two declarations", '<?xml version="1.0"?><?xml version="1.0"?>'),
    ("an encoding nobody knows", '<?xml version="1.0" encoding="nonsense"?>'),
    ("an encoding that is not ASCII's friend", '<?xml version="1.0" encoding="UTF-16"?>'),
]


@pytest.mark.parametrize("declaration", [row[1] for row in PROLOGS], ids=[row[0] for row in PROLOGS])
def test_nothing_but_a_declaration_stands_before_the_root(declaration: str) -> None:
    with pytest.raises(MalformedPing):
        read_strictly(call("<methodName>m</methodName>", declaration))


def test_the_first_two_texts_are_a_ping_s_arguments() -> None:
    found = read_strictly(call(f"<methodName>m</methodName><params>{VALUES}</params>"))
    assert ping_arguments(found) == ("s", "t")


ODD_ARGUMENTS = [
    ("no params", ""),
    ("one param", "<params><param><value>s</value></param></params>"),
    ("a number", f"<params><param><value><int>1</int></value></param>{VALUES}</params>"),
    ("text beside a type", f"<params><param><value>x<string>s</string></value></param>{VALUES}</params>"),
    ("two types in a value", f"<params><param><value><string>s</string><string>t</string></value></param>{VALUES}</params>"),
    ("two values in a param", f"<params><param><value>s</value><value>t</value></param>{VALUES}</params>"),
    ("an array", f"<params><param><value><array><data/></array></value></param>{VALUES}</params>"),
]  # fmt: skip


@pytest.mark.parametrize("params", [row[1] for row in ODD_ARGUMENTS], ids=[row[0] for row in ODD_ARGUMENTS])
def test_anything_else_is_no_pair_of_arguments(params: str) -> None:
    assert ping_arguments(read_strictly(call(f"<methodName>m</methodName>{params}"))) is None


def test_members_of_a_multicall_and_their_arguments() -> None:
    struct = (
        "<struct><member><name>methodName</name><value>a</value></member><member><name>params</name><value>"
        "<array><data><value>s</value><value>t</value></data></array></value></member></struct>"
    )
    values = f"<value>{struct}</value><value><struct/></value><value>x</value>"
    params = f"<params><param><value><array><data>{values}</data></array></value></param></params>"
    found = read_strictly(call(f"<methodName>m</methodName>{params}"))
    assert multicall_members(found) == [("a", ("s", "t")), (None, None), (None, None)]

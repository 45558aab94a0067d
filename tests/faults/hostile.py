"""Pages of a mebibyte that were made to cost time and memory."""

_M = 1024 * 1024
HOSTILE: tuple[bytes, ...] = tuple(
    page[:_M].encode()
    for page in (
        "<b style=color:red></b>" * (_M // 23),
        "".join(f"<a href=/{number:x}>x</a>" for number in range(55_000)),
        "<b>.</b>" * (_M // 8),
        "<div " + "".join(f"a{number:x}=1 " for number in range(100_000)) + ">",
        "<a href=/x>x</a>" * 70_000,
        "<meta name=a content=b>" * (_M // 23),
        "<div>" * 500 + "</b>" * (_M // 4 - 700),
        "<div>" * 100_000,
        "word " * (_M // 5),
    )
)

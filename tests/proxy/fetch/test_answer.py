"""What an answer other than a page means."""

import pytest

from proxy.fetch.answer import failed_status, plain, retry_after
from proxy.ping import Failure

STATUSES = {
    Failure.GONE: [404, 410],
    Failure.FORBIDDEN: [401, 403, 429, 451],
    Failure.SERVER_ERROR: [500, 502, 503, 504, 520, 599],
    Failure.OTHER_STATUS: [201, 202, 204, 206, 300, 304, 305, 306, 400, 402, 405, 407, 418, 600, 999],
}


@pytest.mark.parametrize(("failure", "status"), [(f, s) for f, statuses in STATUSES.items() for s in statuses])
def test_a_status_means_a_failure(failure: Failure, status: int) -> None:
    """Gone is final, all others are tried again later."""
    failed = failed_status(status, {"Retry-After": "5"}, "http://a.example/")
    assert (failed.failure, failed.status, failed.url) == (failure, status, "http://a.example/")
    assert str(status) in failed.sentence
    assert failed.retry_after_s == (5.0 if status in {429, 503} else None)


DATE = "Sun, 06 Nov 1994 08:49:37 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "120"}, 120.0),
        ({"Retry-After": " 7 "}, 7.0),
        ({"Retry-After": "0"}, 0.0),
        ({"Retry-After": "999999999"}, 86_400.0),
        ({"Retry-After": "Sun, 06 Nov 1994 08:50:37 GMT", "Date": DATE}, 60.0),
        ({"Retry-After": "Sun, 06 Nov 1994 08:48:37 GMT", "Date": DATE}, 0.0),
        ({"Retry-After": "Sun, 06 Nov 2094 08:48:37 GMT", "Date": DATE}, 86_400.0),
        ({"Retry-After": "Sun, 06 Nov 1994 08:50:37 GMT"}, None),
        ({"Retry-After": "Sun, 06 Nov 1994 08:50:37 -0000", "Date": DATE}, None),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "٣"}, None),
        ({"Retry-After": "9" * 5000}, None),
        ({"Retry-After": "soon", "Date": DATE}, None),
        ({"Retry-After": ""}, None),
        ({}, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(headers: dict[str, str], seconds: float | None) -> None:
    """A date counts from the server's own Date; nonsense counts as nothing."""
    assert retry_after(headers) == seconds


def test_headers_become_plain_text() -> None:
    """What is shown and stored is printable ASCII."""
    assert plain('text/html; charset="\udce9\x01\u202eutf-8"') == 'text/html; charset="???utf-8"'

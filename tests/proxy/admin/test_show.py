"""Times, static files and redirects as templates and handlers get them."""

from datetime import UTC, datetime, timedelta, timezone

from proxy.admin.show import _static, _when, see_other


def test_a_time_is_told_in_utc_until_the_page_s_script_reads_it() -> None:
    at = datetime(2026, 3, 3, 10, 30, tzinfo=timezone(timedelta(hours=1)))
    assert _when(at) == '<time datetime="2026-03-03T09:30:00+00:00" data-style="full">2026-03-03 09:30 UTC</time>'
    assert ">2026-03-03<" in _when(datetime(2026, 3, 3, tzinfo=UTC), "day")
    assert _when(None) == "–"


def test_the_address_of_a_static_file_changes_with_it() -> None:
    name, _, version = _static("style.css").partition("?v=")
    assert name == "/static/style.css"
    assert len(version) == 12


def test_a_redirect_keeps_the_query_that_it_had() -> None:
    assert see_other("/a", next="/b?c").headers["Location"] == "/a?next=%2Fb%3Fc"
    assert see_other("/a?x=1", y="2").headers["Location"] == "/a?x=1&y=2"

"""Things on disk: equal to what was put in, made one at a time, and gone with the file."""

import gc
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from model.sample import Kind, Label, PageEvidence, Sample
from model.stored import Chosen, Seen, Stored

ODD = (
    Sample(url=""),
    Sample(url="http://a.example/\ud800", id="7", title="", excerpt="line\nline\u2028\x00", date="2026", weight=0.1),
    Sample(url="x", kind=Kind.PINGBACK, evidence=PageEvidence(), label=Label.HAM, group="g", ip="::1", blog_name="é"),
    Sample(url="x", evidence=PageEvidence(status=200, link_found=False, title="Ｔ"), label=Label.SPAM, weight=1 / 3),
)


def stored(directory: Path, in_memory_bytes: int = 1) -> Stored[Sample]:
    return Stored(Sample.to_json, Sample.from_json, directory, in_memory_bytes)


@pytest.mark.parametrize("in_memory_bytes", [1, 2**20])
def test_what_comes_out_equals_what_went_in(tmp_path: Path, in_memory_bytes: int) -> None:
    """Wherever it was kept, and in whatever order it is asked for."""
    with stored(tmp_path, in_memory_bytes) as kept:
        for sample in ODD:
            kept.append(sample)
        assert tuple(kept) == ODD
        assert [kept[place] for place in (2, 0, -1)] == [ODD[2], ODD[0], ODD[3]]
        kept.append(ODD[1])
        assert (len(kept), kept[4]) == (5, ODD[1])
        with pytest.raises(IndexError):
            kept[5]


def test_views_choose_and_look() -> None:
    """They copy nothing, and a slice is one of them."""
    letters = "abcdef"
    chosen = Chosen(letters, (5, 0, 3))
    assert (list(chosen), list(chosen[1:]), chosen[-1]) == (["f", "a", "d"], ["a", "d"], "d")
    assert list(Chosen(chosen, (2, 2))) == ["d", "d"]
    assert list(Seen(chosen, str.upper)) == ["F", "A", "D"]
    assert (len(chosen), len(Seen(chosen, ord)), "a" in chosen, "b" in chosen) == (3, 3, True, False)


def many(count: int) -> Iterator[Sample]:
    return (replace(ODD[3], id=str(number)) for number in range(count))


def living() -> int:
    return sum(type(thing) is Sample for thing in gc.get_objects())


def test_few_of_many_live_at_a_time(tmp_path: Path) -> None:
    """Neither filling nor reading keeps what is not asked for."""
    with stored(tmp_path) as kept:
        before = living()
        for sample in many(2000):
            kept.append(sample)
        most = max(living() for place, _ in enumerate(Chosen(kept, range(2000))) if place % 100 == 0)
        assert most - before <= 5


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="only Linux tells what a process has open")
def test_the_file_has_no_name_and_is_given_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where something went wrong in between."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "elsewhere"))

    def opened() -> int:
        links = Path("/proc/self/fd").iterdir()
        return sum(str(tmp_path) in str(link.readlink()) for link in links if link.is_symlink())

    def fail() -> None:
        with stored(tmp_path) as kept:
            kept.append(ODD[0])
            kept.append(ODD[0])
            assert (opened(), list(tmp_path.iterdir())) == (1, [])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert opened() == 0


def test_closed_it_gives_nothing_more(tmp_path: Path) -> None:
    """Whoever still reads is told, instead of going on for hours for nobody."""
    with stored(tmp_path) as kept:
        kept.append(ODD[0])
    with pytest.raises(ValueError, match="closed"):
        kept[0]

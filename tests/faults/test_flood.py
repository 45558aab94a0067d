"""A bounded part of `python -m tests.faults.flood`, against the real process."""

import pytest

from tests.faults.flood import flooded


@pytest.mark.parametrize("many_names", [False, True], ids=["one name", "many names"])
async def test_a_victim_is_spared(many_names: bool) -> None:
    seen = await flooded(400, many_names)
    print("\n".join(seen.lines()))
    assert seen.victim_most_a_minute == 10
    assert seen.victim_most_at_once == 1
    assert seen.memory_most_mb - seen.memory_before_mb <= 40
    assert seen.honest_slowest_s <= 3

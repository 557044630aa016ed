"""Where the names of the timeline's flags stand."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.timeline.marks import FLAG, GAP, SHORTEST, names_between


def test_names_stand_behind_their_flags() -> None:
    assert names_between([100, 400], [50, 60], 0, 1000) == [(100 + FLAG, 50), (400 + FLAG, 60)]


def test_a_name_ends_before_the_next_flag_and_both_flags_are_shown() -> None:
    first, second = names_between([100, 200], [150, 60], 0, 1000)
    assert first == (100 + FLAG, 100 - FLAG - GAP)
    assert second == (200 + FLAG, 60)


def test_without_room_for_a_name_the_flag_stands_alone() -> None:
    assert names_between([100, 100 + FLAG + SHORTEST], [150, 60], 0, 1000)[0] == (100 + FLAG, 0)


def test_flags_in_one_place_share_one() -> None:
    assert names_between([100, 104], [50, 60], 0, 1000)[1] is None


def test_at_the_right_end_the_name_stands_before_its_flag() -> None:
    assert names_between([990], [80], 0, 1000) == [(990 - GAP - 80, 80)]


@given(st.lists(st.tuples(st.integers(0, 900), st.integers(1, 200)), max_size=12))
def test_names_never_lie_over_each_other(marks: list[tuple[int, int]]) -> None:
    marks = sorted(marks)
    spans = [span for span in names_between([x for x, _ in marks], [w for _, w in marks], 0, 900) if span and span[1]]
    for (place, width), (following, _) in pairwise(spans):
        assert place + width <= following

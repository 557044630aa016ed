"""Chains of causes, and the changes of one thing: beside what the image itself says at every transition."""

import pytest

from engine.mm import transitions as tr
from engine.operation import Op, encode, encode_mark, encode_range, encode_setting
from engine.reading.chain import Place, chain
from engine.resources import scenarios_dir
from engine.scenario import load_scenario
from engine.timeline import Timeline
from engine.why import ON_ITS_WAY, causes, life, next_change, operation_text, state_of, thing_name
from tests.engine.test_comparison import program

DESIGNS = (0, 1, 2)


@pytest.fixture(params=DESIGNS)
def timeline(request):
    made = Timeline(program(request.param, passes=3), False)
    made.run_to_end()
    made.jump(made.length // 2)
    return made


def whole_life(timeline, place):
    return [change for part in life(timeline, place) for change in part]


@pytest.mark.parametrize("page", [0, 17])
def test_no_change_of_state_is_missed(timeline, page):
    """The state read at every single transition changes only where the life says that something happened."""
    place = Place("page", page, 1)
    before = timeline.cursor
    changes = {change.number: change.state for change in whole_life(timeline, place)}
    assert timeline.cursor == before
    other, last = timeline.second(), "never touched"
    for number in range(1, timeline.length + 1):
        other.jump(number)
        state = state_of(other.view, place)
        if number in changes:
            assert changes[number] == state or (changes[number], state) == (ON_ITS_WAY, "never touched")
        else:
            assert state == last, f"transition {number}: {other.sentence()}"
        last = state
    assert len(changes) > 5
    assert "never touched" not in list(changes.values())[5:]


def test_leaving_the_active_list_is_a_change_though_the_transition_names_no_frame():
    """Of the pages at the active list's tail only their number is told."""
    made = Timeline(load_scenario(scenarios_dir() / "03-zswap-spills.toml").build(), False)
    made.jump(2600)
    other, fell, place = made.second(), [], Place("page", 0, 1)
    for transition in made.records(1, made.length):
        if transition.kind.number == tr.DEACTIVATE:
            other.jump(transition.number - 1)
            before = state_of(other.view, place)
            other.jump(transition.number)
            if state_of(other.view, place) != before:
                fell.append(transition.number)
    assert fell
    assert set(fell) <= {change.number for change in whole_life(made, place)}
    made.jump(fell[0] - 1)
    assert [one for one in next_change(made, place) if one is not None] == [fell[0]]
    made.jump(fell[0] + 1)
    assert [one for one in next_change(made, place, forward=False) if one is not None] == [fell[0]]


def test_a_slot_and_a_zswap_entry_have_a_life(timeline):
    other = timeline.second()
    assert other.seek(tr.WRITE_BACK)
    slot = other.transition().operand("slot")
    found = whole_life(timeline, Place("slot", slot & ((1 << 58) - 1), slot >> 58))
    assert other.cursor in [change.number for change in found]
    assert found[0].number <= other.cursor


def test_next_and_last_are_neighbours_in_the_life(timeline):
    place = Place("page", 17, 1)
    numbers = [change.number for change in whole_life(timeline, place)]
    here = timeline.cursor
    on = [one for one in next_change(timeline, place) if one is not None]
    back = [one for one in next_change(timeline, place, forward=False) if one is not None]
    assert on == [min(number for number in numbers if number > here)]
    assert back == [max(number for number in numbers if number < here)]


def test_there_is_nothing_before_the_first_change(timeline):
    place = Place("page", 17, 1)
    timeline.jump(whole_life(timeline, place)[0].number)
    assert [one for one in next_change(timeline, place, forward=False) if one is not None] == []


def test_a_chain_of_causes_goes_back_to_the_operation(timeline):
    other = timeline.second()
    assert other.seek(tr.WRITE_BACK)
    chain_of = causes(other, other.cursor)
    assert chain_of[0].transition.number == other.cursor
    numbers = [reason.transition.number for reason in chain_of]
    assert numbers == sorted(numbers, reverse=True)
    assert len(numbers) > 1
    assert chain_of[-1].transition.cause == 0
    for earlier, later in zip(chain_of[1:], chain_of, strict=False):
        assert later.transition.cause == earlier.transition.number
    assert causes(other, 0) == []


@pytest.mark.parametrize(("word", "text"), [
    (encode(Op.WRITE, 0, 12), "the program writes to page 12"),
    (encode(Op.READ, 0, 12, 2), "the program reads page 12, 3 times"),
    (encode_setting(0, 32), "machine.frames is set to 32"),
    (encode_mark(5), "a mark"),
    (encode_range(Op.PAGEOUT, 0, 3, 4), "MADV_PAGEOUT on 4 pages from page 3"),
    (encode(Op.SWAPOFF, 0), "swapoff swap0"),
    (encode(Op.EXIT, 0), "process editor ends"),
])  # fmt: skip
def test_operations_are_said(word, text):
    assert operation_text(program(), int(word)) == text


def test_things_have_names():
    assert thing_name(program(), Place("page", 3, 1)) == "page 3"
    assert thing_name(program(), Place("desc", 3)) == "descriptor 3"
    assert thing_name(program(), Place("slot", 3)) == "slot 3"


def test_a_frame_is_followed_by_itself_only(timeline):
    place = Place("frame", 5)
    for change in whole_life(timeline, place)[:30]:
        transition = timeline.transition(change.number)
        assert 5 in transition.operands
    assert chain(timeline.view, place) is not None

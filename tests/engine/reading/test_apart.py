"""Where two machines have the same thing otherwise."""

import numpy as np

from engine.machine import Machine
from engine.reading import PageState, SlotState, page_states, slot_states
from engine.reading.apart import SAME, apart, merged, sight
from tests.engine.test_comparison import program


def machine(design, operations=120, **more):
    made = Machine(program(design, **more), False)
    made.run(operations)
    return made.view


def test_a_machine_is_not_apart_from_itself():
    seen = sight(machine(1))
    found = apart(seen, seen)
    assert found.count("page", "shmem", "frame", "slot", "desc") == 0
    assert all((marks == SAME).all() for marks in found.marks.values())


def test_slots_held_for_zswap_are_what_sets_today_s_design_apart():
    ours, theirs = machine(1), machine(0)
    found = apart(sight(ours), sight(theirs))
    assert found.count("page") == 0
    own, other = sight(ours)["slot", 0], sight(theirs)["slot", 0]
    differ = found.of("slot", 0) != SAME
    assert np.array_equal(differ, own != other)
    assert found.count("slot") == differ.sum() > 0
    assert SlotState.HELD in found.of("slot", 0)[differ] // 2


def test_a_page_that_is_elsewhere_there_has_the_other_s_mark():
    ours, theirs = machine(1, pool=6), machine(1, pool=2)
    marks = apart(sight(ours), sight(theirs)).of("page", 1)
    own, _ = page_states(ours, 1)
    other, _ = page_states(theirs, 1)
    assert (own != other).any()
    assert np.array_equal(marks[own != other] // 2, other[own != other])
    assert (sight(ours)["page", 1][marks == SAME] == sight(theirs)["page", 1][marks == SAME]).all()


def test_designs_number_their_names_each_in_its_own_way():
    assert apart(sight(machine(1)), sight(machine(2))).of("desc") is None
    assert apart(sight(machine(1)), sight(machine(1, pool=2))).of("desc") is not None


def test_a_machine_with_less_has_nothing_there():
    ours, theirs = machine(1, slots=256), machine(1, slots=40)
    marks = apart(sight(ours), sight(theirs)).of("slot", 0)
    own, _ = slot_states(ours, 0)
    assert len(marks) == len(own) == 257
    beyond = own[41:] != SlotState.FREE
    assert np.array_equal(marks[41:] != SAME, beyond)


def test_of_several_the_first_that_differs_is_told():
    seen = sight(machine(1, pool=4))
    one, two = apart(seen, sight(machine(1, pool=6))), apart(seen, sight(machine(1, pool=2)))
    both = merged([one, two]).of("page", 1)
    first, second = one.of("page", 1), two.of("page", 1)
    assert np.array_equal(both, np.where(first != SAME, first, second))
    assert PageState.ZSWAP in both[both != SAME] // 2 or PageState.DISK in both[both != SAME] // 2

"""The kinds of transition."""

from __future__ import annotations

from engine.mm import transitions
from engine.mm.transitions import KINDS, RECORD_WORDS, Actor, Lane


def test_kinds_are_numbered_as_they_are_declared_and_each_has_its_name() -> None:
    assert [kind.number for kind in KINDS] == list(range(len(KINDS)))
    assert len({kind.name for kind in KINDS}) == len(KINDS)
    constants = {value for name, value in vars(transitions).items() if name.isupper() and isinstance(value, int)}
    assert set(range(len(KINDS))) <= constants


def test_each_has_three_operands_and_a_sentence() -> None:
    for kind in KINDS:
        assert len(kind.operands) == 3
        assert kind.sentence.endswith(".")
        assert kind.lane in Lane


def test_what_reclaim_and_faults_do_names_the_kernels_function() -> None:
    for kind in KINDS:
        if kind.lane in (Lane.FAULTS, Lane.RECLAIM, Lane.ZSWAP, Lane.DISK):
            assert kind.function, kind.name


def test_a_record_is_eight_words_for_eight_facts() -> None:
    assert RECORD_WORDS == 8
    assert [actor.value for actor in Actor] == [0, 1, 2, 3, 4]

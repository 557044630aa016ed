"""What is said of a thing when the pointer rests on it."""

import pytest

from engine.reading import Place, describe, process_name, region_name, shmem_name
from tests.engine.reading.built import LEGACY, SWAP_DESC, Built, populated


def test_page_in_zswap():
    built = Built(SWAP_DESC)
    built.swapped((1, 5), (2, 7), to="zswap", length=1612)
    facts = dict(describe(built.view, built.program, Place("page", 5, 1)))
    assert facts["page"] == "5 of pid 1 editor"
    assert facts["region"] == "heap"
    assert facts["page-table entry"] == "0x07fffffffffffc00", "type 0, offset 1, as the kernel encodes it"
    assert facts["state"] == "in zswap"
    assert facts["shared with"] == "page 7 of pid 2 editor (fork of 1)"
    assert facts["descriptor"] == "#1 · count 2 · not in the swapcache"
    assert facts["zswap entry"] == "1 · 1\u202f612 B (2.54 ×)"


def test_todays_slot_that_holds_nothing():
    built = Built(LEGACY)
    built.swapped((1, 5), to="zswap")
    facts = dict(describe(built.view, built.program, Place("slot", 1, 0)))
    assert "holds nothing" in facts["use"]
    assert facts["held by"] == "page 5 of pid 1 editor"
    assert "descriptor" not in facts
    page = dict(describe(built.view, built.program, Place("page", 5, 1)))
    assert page["slot"] == "slot 1 of swapfile 0, holding nothing"


@pytest.mark.parametrize("design", [LEGACY, SWAP_DESC])
def test_everything_of_a_chain_can_be_described(design):
    from engine.reading import chain

    built = populated(design)
    seen = set()
    for process in (1, 2):
        for page in range(20):
            for place in chain(built.view, Place("page", page, process)).places():
                facts = describe(built.view, built.program, place)
                assert facts, place
                assert all(label and value for label, value in facts)
                seen.add(place.thing)
    assert {"page", "frame", "zswap", "slot"} <= seen


def test_free_things_say_so():
    built = Built(SWAP_DESC)
    assert ("state", "free") in describe(built.view, built.program, Place("frame", 30))
    assert ("use", "free") in describe(built.view, built.program, Place("slot", 30))
    assert describe(built.view, built.program, Place("page", 999, 1)) == []


def test_names():
    built = Built(SWAP_DESC, shmem=3)
    assert process_name(built.view, built.program, 2) == "pid 2 editor (fork of 1)"
    assert region_name(built.view, built.program, 1, 80) == "stack"
    assert region_name(built.view, built.program, 1, 4000) == ""
    assert shmem_name(built.view, built.program, 1) == "shm 1 ring buffer"

"""What is read for whole tables is what the model itself says, entry by entry, on machines that ran."""

import numpy as np
import pytest

from engine.machine import Machine
from engine.mm import image as im
from engine.mm.backend import SLOT, ZSWAP, backend_slot, backend_tag, backend_zswap
from engine.mm.design import hooks
from engine.mm.marking import UNUSED_NAME
from engine.reading import SlotState, chain, page_states, seam, slot_states
from engine.reading.designs import SEAMS
from engine.reading.entries import entries_of, frames_of, words_of
from engine.reading.marks import name_entries, name_marks
from engine.scenario import parse_scenario

SCENARIO = """
format = 1
title = "A machine under pressure"
summary = "Everything that can hold a page holds some."
[machine]
design = "{design}"
frames = 64
[machine.zswap]
max_pool_percent = 25
[[machine.swapfile]]
name = "swap0"
slots = 300
[[process]]
name = "one"
pages = 120
content = "heap"
[[process]]
name = "two"
pages = 60
content = "zero"
[[run]]
pattern = "sequential"
process = "one"
write_share = 0.6
references = 260
[[run]]
pattern = "random"
process = "two"
write_share = 0.6
references = 200
[[run]]
op = "fork"
process = "one"
child = "three"
[[run]]
pattern = "random"
process = "one"
write_share = 0.6
references = 200
"""


@pytest.fixture(scope="module", params=["legacy", "swap_desc", "vswap"])
def machine(request, tmp_path_factory):
    place = tmp_path_factory.mktemp("scenario") / "run.toml"
    made = Machine(parse_scenario(SCENARIO.format(design=request.param), place).build(), compiled=False)
    made.run()
    return made


def test_every_design_of_the_model_can_be_read():
    assert {module.NUMBER: module.NAME for module in hooks.DESIGNS} == {
        number: found.name for number, found in SEAMS.items()
    }


def entries(machine):
    found = [entries_of(words_of(machine.view, process)) for process in range(1, machine.view.scalar(im.PROCESSES) + 1)]
    whole = np.unique(np.concatenate(found))
    return whole[whole != 0]


def test_the_run_is_worth_reading(machine):
    assert machine.view.scalar(im.NR_SWAPPED) > 60
    assert len(entries(machine)) > 40


def test_backends(machine):
    every = entries(machine)
    tags, values = seam(machine.view).backend_of(machine.view, every)
    for entry, tag, value in zip(every.tolist(), tags.tolist(), values.tolist(), strict=True):
        word = hooks.backend(machine.words, entry)
        assert tag == backend_tag(word)
        if tag == ZSWAP:
            assert value == backend_zswap(word)
        elif tag == SLOT:
            assert value == backend_slot(word)


def test_counts_and_swapcache(machine):
    every = entries(machine)
    counts, frames = (ask(machine.view, every) for ask in (seam(machine.view).count_of, seam(machine.view).cache_of))
    for entry, count, frame in zip(every.tolist(), counts.tolist(), frames.tolist(), strict=True):
        word = hooks.cache_word(machine.words, entry)
        assert count == hooks.entry_count(machine.words, entry)
        assert frame == (0 if word & 1 else word >> 1)


def test_every_holder_is_found(machine):
    """A count is the number of page-table entries that hold the entry: the chain finds all of them."""
    for entry in entries(machine)[::7].tolist():
        place = next(
            (process, int(pages[0]))
            for process in range(1, machine.view.scalar(im.PROCESSES) + 1)
            if len(pages := np.flatnonzero(entries_of(words_of(machine.view, process)) == entry))
        )
        from engine.reading import Place

        found = chain(machine.view, Place("page", place[1], place[0]))
        holders = [page for page in found.pages if _entry_of(machine, *page) == entry]
        assert len(holders) == hooks.entry_count(machine.words, entry)


def _entry_of(machine, process, page):
    return int(entries_of(words_of(machine.view, process)[page : page + 1])[0])


def test_names_in_use_are_those_that_are_held_or_cached(machine):
    marks = name_marks(machine.view)
    names = set(name_entries(machine.view, marks).tolist())
    assert set(entries(machine).tolist()) <= names
    assert int(np.count_nonzero(marks != UNUSED_NAME)) == len(names)
    if seam(machine.view).name == "swap_desc":
        assert len(names) == machine.view.scalar(im.NR_DESC)
    elif seam(machine.view).name == "legacy":
        assert len(names) == machine.view.scalar(im.SWAP_USED)


def test_gauges_are_counts_of_states(machine):
    view = machine.view
    slots, _ = slot_states(view, 0)
    assert np.count_nonzero(slots) - 1 == view.scalar(im.SWAP_USED), "all but the header"
    held = np.isin(slots, [SlotState.HELD, SlotState.ZERO])
    assert np.count_nonzero(held) == view.scalar(im.SLOTS_WASTED)
    for process in range(1, view.scalar(im.PROCESSES) + 1):
        words = words_of(view, process)
        assert np.count_nonzero(frames_of(words)) == view.at(im.MM_RSS, process)
        assert len(page_states(view, process)[0]) == len(words)

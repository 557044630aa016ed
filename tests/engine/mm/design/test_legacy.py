"""Today's design: the slot is the name, its byte the count."""

from __future__ import annotations

import pytest

from engine import metadata
from engine.mm import image as im
from engine.mm.backend import NONE, SLOT, ZERO, ZSWAP, backend_tag
from engine.mm.design.legacy import drop_count, duplicate_entry, entry_count, lookup_cost, metadata_bytes, owner_of_slot
from engine.mm.swapfile import COUNT_CONTINUED, SWAP_HAS_CACHE, slot_row
from engine.program import Swapfile
from tests.engine.mm.machines import LEGACY, Toy, build, region


def named() -> tuple[Toy, int]:
    """A machine with one page in swap, and its slot."""
    toy = build(zswap=True)
    toy.write(0)
    toy.pageout(0)
    return toy, toy.entry(0)


def byte(toy: Toy, entry: int) -> int:
    return toy.at(im.SLOT_MAP, toy.call(slot_row, entry)) & 0xFF


def test_the_name_is_a_slot_and_the_page_table_holds_it() -> None:
    toy, entry = named()
    assert entry == 1
    assert byte(toy, entry) == 1, "one page-table entry, not cached"
    assert toy["swap_used_pages"] == 1


def test_the_byte_says_cached_beside_the_count() -> None:
    toy = build()
    toy.push_out(0, 1)
    entry = toy.entry(0)
    toy.read(0)
    assert byte(toy, entry) == SWAP_HAS_CACHE, "0x40: only cached"
    toy.pageout(0)
    assert byte(toy, entry) == 1


def test_the_63rd_reference_needs_a_continuation_page() -> None:
    toy, entry = named()
    for _ in range(61):
        toy.call(duplicate_entry, entry)
    assert (toy.call(entry_count, entry), byte(toy, entry), toy["count_continuations"]) == (62, 62, 0)
    toy.call(duplicate_entry, entry)
    assert (toy.call(entry_count, entry), byte(toy, entry), toy["count_continuations"]) == (63, COUNT_CONTINUED, 1)


@pytest.mark.parametrize("most", [63, 64, 125, 126, 127, 300])
def test_counts_go_up_and_come_down_through_the_continuation(most: int) -> None:
    toy, entry = named()
    for count in range(2, most + 1):
        toy.call(duplicate_entry, entry)
        assert toy.call(entry_count, entry) == count
        assert byte(toy, entry) & 0x3F <= 62
    for count in reversed(range(most)):
        toy.call(drop_count, entry)
        assert toy.call(entry_count, entry) == count
    assert (byte(toy, entry), toy["count_continuations"]) == (0, 0)


def test_borrowing_back_below_63_gives_the_continuation_up() -> None:
    toy, entry = named()
    for _ in range(62):
        toy.call(duplicate_entry, entry)
    toy.call(drop_count, entry)
    assert (byte(toy, entry), toy["count_continuations"]) == (62, 0)


def test_seventy_children_hold_one_page_and_all_let_go() -> None:
    toy = build(2, children=70)
    toy.write(0)
    for child in range(1, 71):
        toy.fork(0, child)
    toy.reclaim(0)
    entry = toy.entry(0)
    assert (toy.count(entry), toy["count_continuations"]) == (71, 1)
    for process in range(71):
        toy.exit(process)
    toy.idle()
    toy.drop_swapcache()
    assert toy.figures("swap_used_pages", "count_continuations", "resident_pages") == (0, 0, 0)


@pytest.mark.parametrize(("image", "tag"), [(1, ZSWAP), (2, ZERO), (3, SLOT)])
def test_bytes_are_looked_for_in_zswap_then_the_zero_mark_then_the_slot(image: int, tag: int) -> None:
    parts = (region(2, image=image),)
    toy = build(regions=parts, lz4=(900, 20, 4096), filled=(0, 3), zswap=True, zswap__incompressible=0)
    toy.write(0)
    toy.pageout(0)
    assert backend_tag(toy.backend(toy.entry(0))) == tag
    wasted = 0 if tag == SLOT else 1
    assert toy["slots_held_by_zswap"] == wasted
    assert toy["swap_used_pages"] == 1, "the slot is taken whoever has the bytes"


def test_a_page_that_has_no_bytes_yet_has_no_backend() -> None:
    toy, entry = named()
    toy.read(0)
    assert toy.backend(entry) == NONE


def test_the_slot_is_its_own_owner_unless_it_is_free_or_bad() -> None:
    toy = build(swapfiles=(Swapfile("swap0", 16, bad=(5,)),), zswap=True)
    toy.write(0)
    toy.pageout(0)
    assert [toy.call(owner_of_slot, slot) for slot in (1, 2, 5)] == [1, -1, -1]
    assert toy["reverse_map_steps"] == 0


def test_zswaps_tree_grows_with_the_slots_of_its_64_mib() -> None:
    steps = {}
    for slots in (64, 65, 4096, 1 << 14, 1 << 20):
        toy = build()
        toy.m[im.SWAP_TOTAL] = slots
        steps[slots] = toy.call(lookup_cost, 1)
    assert steps == {64: 3, 65: 4, 4096: 4, 1 << 14: 5, 1 << 20: 5}


def test_metadata_is_static_by_the_device_and_dynamic_by_what_is_used() -> None:
    toy, _ = named()
    expected = metadata.legacy(64, 1, 1)
    assert metadata_bytes(toy.view) == (expected.static, expected.dynamic) == (200.0, 16)
    assert toy.scalar(im.DESIGN) == LEGACY

"""The swapcache, and when a swap entry is free."""

from __future__ import annotations

import pytest

from engine.mm import image as im
from engine.mm.backend import SLOT, ZERO, ZSWAP, backend_tag
from engine.mm.journal import put
from engine.mm.rmap import VM_LOCKED
from engine.mm.swap_state import cached_frame, drop_bytes, folio_free_swap, put_entry
from tests.engine.mm.machines import ALL_DESIGNS, LEGACY, build, kinds, of_kind, region

EVERY = pytest.mark.parametrize("design", ALL_DESIGNS)


@EVERY
def test_a_read_fault_on_a_roomy_device_keeps_the_entry_and_a_clean_page(design: int) -> None:
    toy = build(design=design)
    toy.write(0)
    toy.pageout(0)
    entry = toy.entry(0)
    toy.idle()
    made = toy.read(0)
    frame = toy.frame(0)
    assert of_kind(made, "mapped")[0].operand("kept") == 1
    assert toy.cached(entry) == frame
    assert toy.count(entry) == 0, "only the swapcache holds it"
    assert "dirty" not in toy.flags(frame)
    assert toy["swap_used_pages"] == 1


@EVERY
def test_the_second_eviction_of_a_clean_page_writes_nothing(design: int) -> None:
    toy = build(design=design)
    toy.write(0)
    toy.pageout(0)
    toy.idle()
    toy.read(0)
    written = toy["pswpout"]
    made = toy.pageout(0)
    assert kinds(made) == ["madvise", "unmapped", "frame freed"]
    assert toy["pswpout"] == written == 1
    assert toy["swapcache_clean_drops"] == 1
    assert not toy.present(0)


@EVERY
def test_a_write_fault_of_the_only_owner_frees_the_entry(design: int) -> None:
    toy = build(design=design)
    toy.write(0)
    toy.pageout(0)
    toy.idle()
    made = toy.write(0)
    assert "swap entry freed" in kinds(made)
    assert of_kind(made, "mapped")[0].operand("kept") == 0
    assert (toy["swap_used_pages"], toy["swapcached_pages"], toy["descriptors"]) == (0, 0, 0)
    assert "dirty" in toy.flags(toy.frame(0)), "its only copy is in memory now"


@EVERY
def test_with_swap_half_full_a_read_fault_frees_the_entry_too(design: int) -> None:
    toy = build(design=design, slots=4)
    toy.write(*range(3))
    toy.pageout(0, 3)
    toy.idle()
    assert toy["swap_used_pages"] == 3
    made = toy.read(0)
    assert "swap entry freed" in kinds(made)
    assert toy["swap_used_pages"] == 2
    kept = toy.read(1)
    assert "swap entry freed" not in kinds(kept), "exactly half is in use: it is kept again"


@EVERY
def test_a_read_of_a_locked_region_frees_the_entry(design: int) -> None:
    toy = build(design=design)
    toy.write(0)
    toy.pageout(0)
    toy.idle()
    toy.call(put, im.VMA_FLAGS, 1, VM_LOCKED)
    made = toy.read(0)
    assert "swap entry freed" in kinds(made)
    assert "unevictable" in toy.flags(toy.frame(0))


@EVERY
def test_an_entry_is_not_freed_while_it_is_written(design: int) -> None:
    toy = build(design=design)
    toy.write(0)
    toy.pageout(0)
    made = toy.write(0)
    frame = toy.frame(0)
    assert "writeback" in toy.flags(frame)
    assert "swap entry freed" not in kinds(made)
    assert not toy.call(folio_free_swap, frame)
    assert toy["swap_used_pages"] == 1


@EVERY
def test_an_entry_is_not_freed_while_a_page_table_holds_it(design: int) -> None:
    toy = build(design=design, children=1)
    toy.write(0)
    toy.fork(0, 1)
    toy.reclaim(0)
    toy.idle()
    entry = toy.entry(0)
    assert toy.count(entry) == 2
    toy.read(0)
    frame = toy.frame(0)
    assert toy.count(entry) == 1
    assert not toy.call(folio_free_swap, frame)
    toy.exit(1)
    assert toy.count(entry) == 0
    assert toy.cached(entry) == frame
    assert toy.call(folio_free_swap, frame)
    assert toy["swap_used_pages"] == 0


@EVERY
def test_the_last_holder_of_an_entry_that_is_not_cached_frees_bytes_and_name(design: int) -> None:
    toy = build(design=design, zswap=True)
    toy.write(0)
    toy.pageout(0)
    entry = toy.entry(0)
    assert backend_tag(toy.backend(entry)) == ZSWAP
    toy.call(put_entry, entry)
    assert (toy["zswap_stored_pages"], toy["zswap_pool_pages"]) == (0, 0)
    assert (toy["swap_used_pages"], toy["descriptors"]) == (0, 0)


@pytest.mark.parametrize(
    ("image", "tag", "gauge"), [(1, ZSWAP, "zswap_stored_pages"), (2, ZERO, "zero_marked_pages"), (3, SLOT, "pswpout")]
)
@EVERY
def test_dropping_bytes_leaves_no_copy_anywhere(design: int, image: int, tag: int, gauge: str) -> None:
    toy = build(regions=(region(4, image=image),), lz4=(1000, 30, 4096), filled=(0, 3, 0), design=design, zswap=True,
                zswap__incompressible=0)  # fmt: skip
    toy.write(0)
    toy.pageout(0)
    toy.idle()
    entry = toy.entry(0)
    assert backend_tag(toy.backend(entry)) == tag
    assert toy[gauge] == 1
    toy.call(drop_bytes, entry)
    assert (toy["zswap_stored_pages"], toy["zero_marked_pages"]) == (0, 0)
    if tag != SLOT:
        assert toy.backend(entry) == 0
    elif design != LEGACY:
        assert toy["swap_used_pages"] == 0, "the slot was the bytes"


@EVERY
def test_a_shadow_is_no_cached_frame(design: int) -> None:
    toy = build(design=design, zswap=True)
    toy.write(0)
    toy.pageout(0)
    assert toy.call(cached_frame, toy.entry(0)) == 0
    assert toy["swapcached_pages"] == 0

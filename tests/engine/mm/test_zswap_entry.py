"""zswap's entries: LRU from the cold end to the hot, and what freeing one gives back."""

from __future__ import annotations

from engine.mm import image as im
from engine.mm.zswap_entry import (
    forget_zswap_entry,
    new_zswap_entry,
    zswap_entry_free,
    zswap_lru_add,
    zswap_lru_del,
)
from tests.engine.mm.machines import LINUX_6_2, Toy, build


def stored(pages: int = 4, **more: int) -> Toy:
    toy = build(zswap=True, **more)
    toy.write(*range(pages))
    toy.pageout(0, pages)
    return toy


def test_entries_are_listed_from_the_one_stored_first() -> None:
    toy = stored()
    assert toy.zswap_lru() == [1, 2, 3, 4]
    assert toy.figures("zswap_lru_head", "zswap_lru_tail", "zswap_lru_length") == (1, 4, 4)


def test_an_entry_leaves_from_either_end_or_the_middle_and_comes_back_at_the_hot_end() -> None:
    for gone in (1, 2, 4):
        toy = stored()
        toy.call(zswap_lru_del, gone)
        assert toy.zswap_lru() == [entry for entry in (1, 2, 3, 4) if entry != gone]
        toy.call(zswap_lru_add, gone)
        assert toy.zswap_lru()[-1] == gone
        assert toy["zswap_lru_length"] == 4


def test_an_entry_that_is_forgotten_is_used_again() -> None:
    toy = build()
    first, second = toy.call(new_zswap_entry), toy.call(new_zswap_entry)
    toy.call(forget_zswap_entry, first)
    assert toy.call(new_zswap_entry) == first
    assert toy.call(new_zswap_entry) == second + 1
    assert toy["zswap_top"] == 3


def test_freeing_an_entry_gives_back_its_bytes_and_when_it_was_the_last_its_page() -> None:
    toy = stored(4)
    assert toy.figures("zswap_stored_pages", "zswap_stored_bytes", "zswap_pool_pages") == (4, 4000, 1)
    for entry, pages in ((2, 1), (1, 1), (4, 1), (3, 0)):
        toy.call(zswap_entry_free, entry)
        assert toy["zswap_pool_pages"] == pages
    assert toy.figures("zswap_stored_pages", "zswap_stored_bytes", "zswap_lru_length") == (0, 0, 0)


def test_a_same_filled_page_has_an_entry_but_no_memory_and_no_place_on_the_lru() -> None:
    toy = build(zswap=True, filled=(1,), **{name.replace(".", "__"): value for name, value in LINUX_6_2.items()})
    toy.write(0)
    toy.pageout(0)
    assert toy.figures("zswap_stored_pages", "same_filled_pages") == (1, 1)
    assert toy.figures("zswap_pool_pages", "zswap_lru_length") == (0, 0)
    assert toy.at(im.Z_HANDLE, 1) == 0
    assert toy["swap_used_pages"] == 1, "it still occupies a slot"
    toy.read(0)
    toy.exit(0)
    assert toy.figures("zswap_stored_pages", "same_filled_pages") == (0, 0)

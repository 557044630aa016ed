"""Names and numbers of pages, from mappings as a program under Valgrind has them."""

from __future__ import annotations

import numpy as np

from engine.trace.mappings import UNNUMBERED_GAP, PageNames, read_maps

MAPS = """\
00108000-00110000 r-xp 00001000 fe:00 2211888                            /usr/bin/sort
04000000-04001000 r--p 00000000 fe:00 338944                             /usr/lib/ld-linux-x86-64.so.2
04035000-04056000 rwxp 00000000 00:00 0
04837000-0483c000 r--p 00000000 fe:00 341694                             /usr/libexec/valgrind/vgpreload_core.so
04a18000-04a1a000 rw-p 001d3000 fe:00 339380                             /usr/lib/a file.so (deleted)
04a1a000-053b4000 rw-p 00000000 00:00 0
1002001000-100278c000 rwxp 00000000 00:00 0
1ffeffe000-1fff001000 rw-p 00000000 00:00 0
7f91d6a95000-7f91d6a99000 r--p 00000000 00:00 0                          [vvar]
""".replace(" 00:00 0\n", " 00:00 0 \n")  # the kernel ends anonymous lines with a space


def see(names: PageNames, *pages: int, write: bool = False) -> None:
    names.see(np.array(pages, np.int64), np.full(len(pages), write))


def test_reads_mappings() -> None:
    maps = read_maps(MAPS)
    assert len(maps) == 9
    assert (maps[0].first, maps[0].end, maps[0].path) == (0x108, 0x110, "/usr/bin/sort")
    assert maps[2].anonymous
    assert maps[4].path == "/usr/lib/a file.so"


def test_pages_are_named_by_their_mapping_and_packed_in_order() -> None:
    names = PageNames(lambda: MAPS)
    see(names, 0x1FFF000, write=True)
    see(names, 0x4A1B, 0x4035, 0x4837, 0x108, 0x10A, 0x4A18)
    regions, pages, numbers = names.number()
    assert [(region.name, region.first_page, region.pages, region.file) for region in regions] == [
        ("sort", 0, 3, True), ("heap", 3, 1, False), ("a_file.so", 4, 1, True), ("anon", 5, 1, False),
        ("stack", 6, 1, False),
    ]  # fmt: skip
    assert regions[0].address == 0x108000
    assert pages.tolist() == [0x108, 0x10A, 0x4035, 0x4A18, 0x4A1B, 0x1FFF000]
    assert numbers.tolist() == [0, 2, 3, 4, 5, 6]


def test_a_long_unused_stretch_is_not_numbered() -> None:
    names = PageNames(lambda: MAPS)
    see(names, 0x4A1A, 0x4A1A + UNNUMBERED_GAP, 0x4A1A + 2 * UNNUMBERED_GAP + 1)
    regions, _, numbers = names.number()
    assert [(region.first_page, region.pages) for region in regions] == [(0, UNNUMBERED_GAP + 1), (65, 1)]
    assert numbers.tolist() == [0, UNNUMBERED_GAP, UNNUMBERED_GAP + 1]


def test_a_name_is_the_one_of_the_first_use() -> None:
    now = [MAPS]
    names = PageNames(lambda: now[0])
    see(names, 0x4A18)
    now[0] = MAPS.replace("a file.so", "other.so")
    see(names, 0x4A18, 0x4A19)
    assert [region.name for region in names.number()[0]] == ["a_file.so", "other.so"]


def test_mappings_are_read_only_for_new_pages() -> None:
    calls = []

    def maps() -> str:
        calls.append(1)
        return MAPS

    names = PageNames(maps)
    see(names, 0x108)
    see(names, 0x108)
    assert len(calls) == 1


def test_pages_nobody_knows_are_anonymous_or_stack_below_the_first_store() -> None:
    names = PageNames(lambda: None)
    see(names, 0x1FFF000, write=True)
    see(names, 0x1FFEFFF, 0x5000)
    assert [(region.name, region.pages) for region in names.number()[0]] == [("anon", 1), ("stack", 2)]


def test_a_program_with_nothing_but_valgrinds_own_pages_has_no_regions() -> None:
    names = PageNames(lambda: MAPS)
    see(names, 0x4837)
    regions, pages, numbers = names.number()
    assert regions == ()
    assert len(pages) == len(numbers) == 0

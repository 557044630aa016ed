"""The formulas of swap metadata give the figures of the letters, to the digit."""

from __future__ import annotations

import pytest

from engine.metadata import (
    legacy,
    swap_desc,
    swap_table_edition,
    swap_table_phase_1,
    swap_table_phase_3,
    swap_table_phase_4,
    virtual_slot_size,
    virtual_swap_space,
)

MIB = 1 << 20
SLOTS = 32 * 1024 * MIB // 4096
"""A swapfile of 32 GB, as in the letter."""
SHARES = (0, 25, 50, 75, 100)
IN_ZSWAP = list(zip(SHARES, (25, 57, 89, 121, 153), (0, 48.25, 96.5, 144.75, 193)))
ON_DISK = list(zip(SHARES, (25, 41, 57, 73, 89), (2, 66.25, 130.5, 194.75, 259)))
"""Percent in use, and MB of the old design and the new."""


def used(percent: int) -> int:
    return SLOTS * percent // 100


@pytest.mark.parametrize(("percent", "old", "new"), IN_ZSWAP)
def test_the_letters_table_for_pages_in_zswap(percent: int, old: float, new: float) -> None:
    pages = used(percent)
    assert legacy(SLOTS, pages, pages).total == old * MIB
    assert virtual_swap_space(0, pages, 0).total == new * MIB


@pytest.mark.parametrize(("percent", "old", "new"), ON_DISK)
def test_the_letters_table_for_pages_on_disk(percent: int, old: float, new: float) -> None:
    pages = used(percent)
    assert legacy(SLOTS, pages, 0).total == old * MIB
    assert virtual_swap_space(SLOTS, pages, pages).total == new * MIB


def test_the_worst_cases_the_letter_names() -> None:
    zswap = virtual_swap_space(0, SLOTS, 0).total - legacy(SLOTS, SLOTS, SLOTS).total
    disk = virtual_swap_space(SLOTS, SLOTS, SLOTS).total - legacy(SLOTS, SLOTS, 0).total
    assert (zswap, disk) == (40 * MIB, 170 * MIB)
    assert round(100 * zswap / (SLOTS * 4096), 2) == 0.12
    assert round(100 * disk / (SLOTS * 4096), 1) == 0.5


def test_zswap_breaks_even_between_a_quarter_and_a_half() -> None:
    def dearer(percent: int) -> bool:
        return virtual_swap_space(0, used(percent), 0).total > legacy(SLOTS, used(percent), used(percent)).total

    assert not dearer(25)
    assert not dearer(38)
    assert dearer(39)
    assert dearer(50) is True


def test_what_is_static_depends_on_the_device_alone() -> None:
    for formula in (legacy, swap_table_phase_1, swap_table_phase_3, swap_table_phase_4):
        assert formula(SLOTS, 0, 0).static == formula(SLOTS, SLOTS, SLOTS).static
        assert formula(SLOTS, 0, 0).dynamic == 0
        assert formula(0, 0, 0).total == 0
    assert virtual_swap_space(0, 100, 0).static == 0


def test_phase_three_saves_256_mb_a_terabyte_and_phase_four_another_512() -> None:
    terabyte = (1 << 40) // 4096
    phases = (swap_table_phase_1, swap_table_phase_3, swap_table_phase_4)
    first, third, fourth = (formula(terabyte, 0, 0).static for formula in phases)
    assert (first - third) == 256 * MIB
    # Phase IV drops swap_cgroup's two bytes and the zeromap's bit, for larger clusters.
    assert 512 * MIB <= third - fourth < 544 * MIB
    assert fourth / terabyte == 0.09375


def test_phase_three_takes_thirty_percent_off_the_static_part() -> None:
    share = 1 - swap_table_phase_3(SLOTS, 0, 0).static / swap_table_phase_1(SLOTS, 0, 0).static
    assert 0.30 <= share < 0.33


@pytest.mark.parametrize(("reverse_map", "size"), [(False, 24), (True, 32)])
def test_a_descriptor_has_24_bytes_and_32_with_the_reverse_map(reverse_map: bool, size: int) -> None:
    assert swap_desc(0, 1000, reverse_map).total == 1000 * size
    assert swap_desc(5000, 0, reverse_map).total == 5000


def test_the_swap_table_edition_takes_18_16_bytes_and_8_09_more_on_disk() -> None:
    assert round(virtual_slot_size(), 2) == 18.16
    in_zswap = swap_table_edition(0, 512, 0).total
    on_disk = swap_table_edition(512, 512, 512).total
    assert in_zswap == 512 * (8 + 2 + 8) + 80
    assert round((on_disk - in_zswap) / 512, 2) == 8.09

"""The declarations of the image itself."""

from __future__ import annotations

from engine.mm import image as im
from engine.mm.journal import WATCH_BITS, WATCH_WORDS
from engine.mm.schema import Group
from engine.mm.transitions import KINDS


def test_settings_come_first_and_in_the_order_of_their_numbers() -> None:
    for setting in im.schema.settings:
        assert setting.address == im.FIRST_SETTING + setting.number
        assert setting.key == f"machine.{setting.name}"


def test_every_default_is_allowed() -> None:
    for setting in im.schema.settings:
        assert setting.low <= setting.default <= setting.high or setting.address in im.SWAPFILE_SLOTS, setting.key


def test_counters_have_the_kernels_names() -> None:
    names = {scalar.name for scalar in im.schema.of_group(Group.COUNTER)}
    assert {
        "pswpin", "pswpout", "swap_ra", "swap_ra_hit", "pgmajfault", "zswpin", "zswpout", "zswpwb", "pool_limit_hit",
        "reject_reclaim_fail", "workingset_refault_anon", "pgscan_kswapd", "pgsteal_direct", "swpout_zero",
    } <= names  # fmt: skip


def test_the_histogram_has_a_bin_for_every_power_of_two() -> None:
    assert [address - im.FAULT_LATENCY[0] for address in im.FAULT_LATENCY] == list(range(len(im.FAULT_LATENCY)))
    assert im.schema.scalars[im.FAULT_LATENCY[0] - 64].name == "fault_latency_5"


def test_there_is_a_counter_for_every_kind_of_transition_and_a_bit_to_watch_for_it() -> None:
    assert len(KINDS) <= len(im.KIND_COUNT)
    assert len(KINDS) <= WATCH_BITS * WATCH_WORDS
    assert [address - im.KIND_COUNT[0] for address in im.KIND_COUNT] == list(range(len(im.KIND_COUNT)))

"""Frames and watermarks."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.mm import image as im
from engine.mm.page_alloc import (
    give_frame_back,
    int_sqrt,
    memalloc_floor,
    setup_watermarks,
    take_frame,
    task_floor,
    watermark_high,
    watermark_low,
    watermark_min,
)
from tests.engine.mm.machines import build

GIB = 1 << 18


@pytest.mark.parametrize(
    ("gib", "marks"),
    [
        (1, (1024, 1286, 1548)),
        (4, (2048, 3096, 4144)),
        (8, (2896, 4993, 7090)),
        (16, (4096, 8290, 12484)),
        (64, (8192, 24969, 41746)),
    ],
)
def test_watermarks_by_the_kernels_formula(gib: int, marks: tuple[int, int, int]) -> None:
    toy = build()
    toy.m[im.FRAMES] = gib * GIB
    toy.call(setup_watermarks)
    assert tuple(toy.call(mark) for mark in (watermark_min, watermark_low, watermark_high)) == marks


@pytest.mark.parametrize("frames", [8, 64, 200, 256, 1000, 4096])
def test_watermarks_of_machines_smaller_than_any_leave_most_of_memory(frames: int) -> None:
    toy = build(frames=frames, node=True)
    low, high = toy.call(watermark_low), toy.call(watermark_high)
    assert 1 <= toy.call(watermark_min) < low < high < frames / 2


def test_a_scenario_can_give_the_watermarks_itself() -> None:
    toy = build(node=True, watermark_min=3, watermark_low=5, watermark_high=9)
    assert (toy.call(watermark_min), toy.call(watermark_low), toy.call(watermark_high)) == (3, 5, 9)


def test_watermarks_follow_memory_while_the_machine_runs() -> None:
    toy = build(frames=4096, node=True)
    before = toy.call(watermark_min)
    toy.setting("frames", 1024)
    assert toy.call(watermark_min) < before
    toy.setting("watermark_min", 77)
    assert toy.call(watermark_min) == 77


@given(st.integers(0, 1 << 41))
def test_int_sqrt_is_the_whole_root(value: int) -> None:
    assert int_sqrt(value) == math.isqrt(value)


def test_a_task_must_leave_min_and_reclaim_may_take_the_last_frame() -> None:
    toy = build(node=True, watermark_min=4)
    assert (toy.call(task_floor), toy.call(memalloc_floor)) == (4, 0)


def test_a_cgroup_has_no_reserve_but_lets_reclaim_past_its_limit() -> None:
    toy = build(watermark_min=4)
    assert (toy.call(task_floor), toy.call(memalloc_floor)) == (0, -4)


def test_a_frame_taken_is_not_free_and_given_back_is_used_first_again() -> None:
    toy = build(frames=8)
    first, second = toy.call(take_frame), toy.call(take_frame)
    assert (first, second) == (1, 2)
    assert (toy["nr_free_pages"], toy["resident_pages"]) == (6, 2)
    toy.call(give_frame_back, first)
    assert (toy["nr_free_pages"], toy["resident_pages"]) == (7, 1)
    assert toy.call(take_frame) == first
    assert toy["frame_top"] == 2


def test_nothing_is_left_of_a_frame_given_back() -> None:
    toy = build()
    toy.write(0)
    frame = toy.frame(0)
    toy.exit(0)
    columns = (im.PAGE_FLAGS, im.PAGE_MAPPING, im.PAGE_INDEX, im.PAGE_SWAP, im.PAGE_MAPCOUNT, im.PAGE_CONTENT)
    assert [toy.at(column, frame) for column in columns] == [0] * 6

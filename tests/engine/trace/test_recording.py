"""What a recording counts, and what it refuses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine.trace import Recording, Region
from engine.trace.recording import as_word, check_word


def make(**changes: Any) -> Recording:
    parts: dict[str, Any] = {
        "process": np.array([0, 0, 1, 0], np.uint8),
        "page": np.array([0, 4, 7, 0], np.int64),
        "write": np.array([False, True, True, False]),
        "count": np.array([1, 5, 2, 3], np.int64),
        "processes": ("editor", "shell"),
        "regions": (Region(0, "heap", 0, 3, 0x4000), Region(0, "stack", 3, 2, 0x9000)),
        "marks": ((2, "half"), (4, "end")),
    }
    return Recording(**{**parts, **changes})


def test_counts_references_writes_and_pages() -> None:
    recording = make()
    assert len(recording) == 4
    assert recording.references == 11
    assert recording.writes == 7
    assert recording.touched_pages() == 3
    assert recording.touched_pages(0) == 2
    assert recording.touched_pages(1) == 1


def test_pages_of_a_process_come_from_its_regions_or_its_references() -> None:
    recording = make()
    assert recording.pages_of(0) == 5
    assert recording.pages_of(1) == 8


def test_finds_the_region_of_a_page() -> None:
    recording = make()
    found = recording.region_of(0, 3)
    assert found is not None
    assert found.name == "stack"
    assert recording.region_of(0, 5) is None
    assert recording.region_of(1, 0) is None


def test_first_cuts_references_and_marks() -> None:
    cut = make().first(2)
    assert len(cut) == 2
    assert cut.references == 6
    assert cut.marks == ((2, "half"),)


def test_same_as_sees_every_difference() -> None:
    recording = make()
    assert recording.same_as(make())
    assert not recording.same_as(make(count=np.array([1, 5, 2, 4], np.int64)))
    assert not recording.same_as(make(command="sort"))


@pytest.mark.parametrize(
    "changes",
    [
        {"process": np.array([0, 0, 2, 0], np.uint8)},
        {"process": np.array([0, 0, 1], np.uint8)},
        {"page": np.array([0, 5, 7, 0], np.int64)},  # past the regions of its process
        {"page": np.array([0, -1, 7, 0], np.int64)},
        {"page": np.array([0, 4, 1 << 31, 0], np.int64)},
        {"page": np.array([0, 4, 7, 0], np.int32)},
        {"count": np.array([1, 0, 2, 3], np.int64)},
        {"processes": ("a", "a")},
        {"processes": ("a", "b c")},
        {"processes": ()},
        {"regions": (Region(0, "heap", 0, 3), Region(0, "stack", 4, 2))},  # a hole
        {"regions": (Region(0, "heap", 0, 5), Region(0, "stack", 4, 2))},  # an overlap
        {"regions": (Region(2, "heap", 0, 5),)},
        {"marks": ((3, "late"), (2, "early"))},
        {"marks": ((5, "past"),)},
        {"window": 0},
    ],
)
def test_refuses_parts_that_contradict_each_other(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        make(**changes)


@pytest.mark.parametrize("name", ["", "two words", "#x", "*5", "tab\there", "bell\a"])
def test_any_name_can_be_made_a_word(name: str) -> None:
    with pytest.raises(ValueError):
        check_word("region", name)
    check_word("region", as_word(name))

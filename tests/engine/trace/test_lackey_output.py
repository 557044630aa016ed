"""Lackey's lines, as Valgrind 3.19 prints them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.trace.lackey_output import read_lines

SAMPLE = b"""==3977== Lackey, an example Valgrind tool
==3977==
I  0401ab70,3
I  0401ab73,5
 S 1fff000768,8
 L 04025000,4
 M 04026ff8,8
--3977-- a warning
"""


def pairs(text: bytes, *, instructions: bool = False) -> list[tuple[int, bool]]:
    accesses = read_lines(text, instructions=instructions)
    return list(zip(accesses.page.tolist(), accesses.write.tolist(), strict=True))


def test_loads_read_stores_write_and_a_modify_does_both() -> None:
    assert pairs(SAMPLE) == [(0x1FFF000, True), (0x4025, False), (0x4026, False), (0x4026, True)]


def test_instructions_are_reads_when_asked_for() -> None:
    assert pairs(SAMPLE, instructions=True)[:3] == [(0x401A, False), (0x401A, False), (0x1FFF000, True)]


def test_what_valgrind_says_is_kept_apart() -> None:
    assert read_lines(SAMPLE).messages == ["Lackey, an example Valgrind tool", "", "a warning"]


def test_an_access_across_the_end_of_a_page_is_two() -> None:
    assert pairs(b" L 04000ffc,8\n") == [(0x4000, False), (0x4001, False)]
    assert pairs(b" L 04000ff8,8\n") == [(0x4000, False)]
    assert pairs(b" M 04000fff,2\n") == [(0x4000, False), (0x4001, False), (0x4000, True), (0x4001, True)]


def test_other_lines_are_passed_over() -> None:
    assert pairs(b"") == []
    assert pairs(b"\n\n L\n L x,8\n L 04,\n L 04\n L 0400,0\n X 0400,8\n L 0400,8z\nL  0400,8\n") == []


@given(
    st.lists(
        st.tuples(st.sampled_from("LSMI"), st.integers(0, (1 << 47) - 1), st.integers(1, 512)), max_size=20
    )
)  # fmt: skip
def test_any_lines_are_read_as_by_hand(rows: list[tuple[str, int, int]]) -> None:
    text = "".join(f"{'I ' if kind == 'I' else ' ' + kind} {address:08x},{size}\n" for kind, address, size in rows)
    expected: list[tuple[int, bool]] = []
    for kind, address, size in rows:
        pages = range(address >> 12, ((address + size - 1) >> 12) + 1)
        expected += [(page, False) for page in pages if kind in "LM"]
        expected += [(page, True) for page in pages if kind in "SM"]
    assert pairs(text.encode()) == expected

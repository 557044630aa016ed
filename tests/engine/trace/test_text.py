"""The plain text form: what it accepts, what it says about mistakes, and the way back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InputError, Problem
from engine.operation import MAX_PROCESSES
from engine.trace import Recording, Region
from engine.trace.text import MOST_PROBLEMS, format_text, parse_text


def problems_of(text: str | bytes) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        parse_text(text.encode() if isinstance(text, str) else text, "a.txt")
    return caught.value.problems


def test_reads_references_processes_marks_and_comments() -> None:
    recording = parse_text(
        b"# made by hand\nr 17\r\nw 17 editor # saved\n\nmark saved\n  r 0x20 *3 editor\nr 17\nmark end\n", "a.txt"
    )
    assert recording.processes == ("program", "editor")
    assert recording.process.tolist() == [0, 1, 1, 0]
    assert recording.page.tolist() == [17, 17, 32, 17]
    assert recording.write.tolist() == [False, True, False, False]
    assert recording.count.tolist() == [1, 1, 3, 1]
    assert recording.marks == ((2, "saved"), (4, "end"))
    assert recording.pages_of(0) == 18
    assert recording.pages_of(1) == 33


def test_the_last_line_needs_no_end() -> None:
    assert parse_text(b"r 1\nw 2", "a.txt").page.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("line", "what", "nearest"),
    [
        ("r", "page is missing", None),
        ("R 5", "'R' begins no line", "r"),
        ("mrk x", "'mrk' begins no line", "mark"),
        ("r -1", "'-1' is no page", None),
        ("r 1.5", "'1.5' is no page", None),
        ("w 2147483648", "'2147483648' is no page", None),
        ("r 99999999999999999999999", "is no page", None),
        ("r 1 *0", "count after '*'", None),
        ("r 1 *", "count after '*'", None),
        ("r 1 a b", "'b' is one word too many", None),
        ("r 1 *2 *3", "must not begin with", None),
        ("mark", "takes one word, not 0", None),
        ("mark two words", "takes one word, not 2", None),
        ("mark *x", "must not begin with", None),
        ("window 0", "is no window", None),
        ("region heap 0", "is no region", None),
        ("region heap 0 5 0x1000 other", "is no region", None),
        ("process", "takes one word", None),
    ],
)
def test_says_what_is_wrong_with_a_line(line: str, what: str, nearest: str | None) -> None:
    (problem,) = problems_of(f"r 1\n{line}\nr 1\n")
    assert what in problem.what
    assert (problem.file, problem.line, problem.nearest) == ("a.txt", 2, nearest)


def test_says_all_mistakes_at_once_each_with_its_line() -> None:
    problems = problems_of("r x\nr 1\nq\nr x\n")
    assert [problem.line for problem in problems] == [1, 3, 4]


def test_says_how_many_more_mistakes_there_are() -> None:
    problems = problems_of("r x\n" * (MOST_PROBLEMS + 7))
    assert len(problems) == MOST_PROBLEMS + 1
    assert "7 more mistakes" in problems[-1].what


def test_refuses_text_without_references_bytes_that_are_no_text_and_binary_files() -> None:
    assert "no references" in problems_of("# nothing\n")[0].what
    assert "no references" in problems_of("")[0].what
    (problem,) = problems_of(b"r 1\n\xff\xfe\n")
    assert problem.line == 2
    assert "UTF-8" in problem.what
    assert "neither" in problems_of(b"\x7fELF\0\0")[0].what


def test_another_kind_of_file_is_told_once() -> None:
    (problem,) = problems_of("format = 1\ntitle = 'T'\n[machine]\nframes = 48\nseed = 1\n")
    assert problem.what == "is no trace: 'format' begins no line of a trace, nor do 4 more lines"
    assert problem.line == 1
    assert len(problems_of("r 1\nx 1\nx 2\nx 3\nx 4\n")) == 4, "a trace with slips has each of them told"


def test_refuses_regions_that_do_not_hold_the_pages() -> None:
    assert "end at 5" in problems_of("region heap 0 5 0x1000 anonymous\nr 5\n")[0].what


def test_refuses_more_processes_than_an_operation_can_name() -> None:
    text = "".join(f"r 1 p{i}\n" for i in range(MAX_PROCESSES + 1))
    assert f"1 to {MAX_PROCESSES} processes" in problems_of(text)[0].what


def test_reads_lines_across_the_pieces_it_is_read_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.trace.text._CHUNK", 10)
    text = "".join(f"r {page}\n" for page in range(500)) + "oops\n"
    assert problems_of(text)[0].line == 501
    assert parse_text(text.replace("oops\n", "").encode(), "a.txt").page.tolist() == list(range(500))


@st.composite
def recordings(draw: st.DrawFn) -> Recording:
    """Any recording with up to three processes."""
    processes = ("program", "b", "c.so")[: draw(st.integers(1, 3))]
    rows = draw(
        st.lists(
            st.tuples(
                st.integers(0, len(processes) - 1), st.integers(0, 99), st.booleans(), st.integers(1, 1 << 40)
            ),
            min_size=1,
            max_size=30,
        )
    )  # fmt: skip
    regions: tuple[Region, ...] = ()
    if draw(st.booleans()):
        regions = tuple(
            region
            for process in range(len(processes))
            for region in (Region(process, "heap", 0, 40, 0x10000), Region(process, "libx", 40, 60, 1 << 40, True))
        )
    marks = sorted(draw(st.lists(st.integers(0, len(rows)), max_size=3)))
    process, page, write, count = zip(*rows, strict=True)
    return Recording(
        np.array(process, np.uint8), np.array(page, np.int64), np.array(write, np.bool_), np.array(count, np.int64),
        processes, regions, tuple((position, f"m{i}") for i, position in enumerate(marks)),
        draw(st.sampled_from(["", "sort words.txt", "sh -c 'a # b'"])), draw(st.sampled_from([1, 1024])),
    )  # fmt: skip


@given(recordings())
def test_what_is_written_is_read_back(recording: Recording) -> None:
    again = parse_text(format_text(recording), "a.txt")
    assert again.same_as(recording)

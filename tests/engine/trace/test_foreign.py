"""Output of other tools, given as a trace: told apart, and what to do instead is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import InputError
from engine.trace import load_trace

LACKEY = """\
==4711== Lackey, an example Valgrind tool
==4711== Copyright (C) 2002-2017, and GNU GPL'd, by Nicholas Nethercote.
==4711== Command: true
==4711==
I  04001090,3
I  04001093,5
 S 1ffefffe28,8
"""
TRACE_ONLY = "I  04001090,3\n S 1ffefffe28,8\n L 1ffefffe28,8\n M 0421c7cc,4\n"
PERF = """\
            sort 12345 [002]  8431.123456:          1 page-faults:      7f12a3b4c5d6 [unknown] (/usr/bin/sort)
            sort 12345 [002]  8431.123567:          1 page-faults:      7f12a3b4c5d7 [unknown] (/usr/bin/sort)
            sort 12345 [002]  8431.123678:          1 page-faults:      7f12a3b4c5d8 [unknown] (/usr/bin/sort)
"""
PIN = "0x401000: R 0x7ffd1000\n0x401004: W 0x7ffd1008\n0x401008: R 0x7ffd1010\n"
STRACE = """\
execve("/usr/bin/true", ["true"], 0x7ffe) = 0
brk(NULL)                               = 0x55d0
mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f1
"""


@pytest.mark.parametrize("name", ["trace.txt", "trace.swt"])
@pytest.mark.parametrize(("text", "tool"), [
    (LACKEY, "Valgrind"), (TRACE_ONLY, "Valgrind"), (PERF, "perf script"), (PIN, "Pin"), (STRACE, "strace"),
    ("PERFILE2\0\0\0\0", "perf record"),
])  # fmt: skip
def test_output_of_another_tool(text: str, tool: str, name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError) as caught:
        load_trace(tmp_path / name)
    (problem,) = caught.value.problems
    assert problem.file == str(tmp_path / name)
    assert problem.what == f"is output of {tool} and no trace"
    assert "swapscope record" in str(problem.expected)


def test_a_trace_with_odd_names_and_comments_is_one(tmp_path: Path) -> None:
    text = "# ==1== said Valgrind\ncommand sort 12 3.141592: x\n" + "r 17 ==1==\nw 3 L\nmark f(x)\n" * 5
    (tmp_path / "t.txt").write_text(text)
    assert len(load_trace(tmp_path / "t.txt")) == 10

"""Whatever is done to a scenario file, it is read or refused with places; nothing else ever happens."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import InputError, Problem
from engine.scenario import parse_scenario

TEXT = """\
format = 1
title = "t"
seed = 3
level = "beginner"
goals = ["a", "b"]
[machine]
design = "swap_desc"
kernel = "6.2"
frames = 64
watermark_low = 5
[machine.zswap]
enabled = true
max_pool_percent = 25
[machine.time]
hit_ns = 100
[[machine.swapfile]]
name = "swap0"
slots = 100
bad = [1, 2]
active = true
[[process]]
name = "editor"
pages = 40
content = { compressed = 900 }
[[process]]
name = "shell"
regions = [{ name = "heap", pages = 10, content = "heap" }, { name = "shared", pages = 6, shared = "ring" }]
[[shmem]]
name = "ring"
pages = 8
[[run]]
pattern = "hot-cold"
process = "editor"
references = 40
hot_pages = 5
write_share = 0.5
repeat = 2
[[run]]
mark = "filled"
[[run]]
set = "machine.frames"
value = 32
[[run]]
parallel = [{ pattern = "zipf", process = "editor", references = 9, s = 1.2 }, { trace = "t.txt", process = "shell" }]
turn = 2
[[run]]
op = "write"
process = "shell"
region = "heap"
page = [1, 2]
[[run]]
op = "pageout"
process = "shell"
first = 3
[[run]]
op = "fork"
process = "shell"
child = "young"
[[run]]
op = "read"
process = "young"
page = 3
[[run]]
op = "swapoff"
swapfile = "swap0"
[[run]]
op = "idle"
ns = 10
[[check]]
name = "pswpout"
op = ">="
value = 0
at = "filled"
design = "legacy"
"""
LINES = TEXT.splitlines()
WORDS = sorted(set(re.findall(r"[a-z_]+", TEXT)))
VALUES = st.sampled_from(
    ["0", "-1", "1", "7", "40", "99999999999999999999", "0.5", "-2.5", "nan", "inf", "true", "false", '""', "[]", "{}",
     "[1]", '["x"]', "[[1]]", "{ a = 1 }", "{ compressed = 0 }", "1979-05-27", "07:32:00", "'''x\ny'''", "[{}]"]
) | st.sampled_from(WORDS).map(lambda word: f'"{word}"')  # fmt: skip


@st.composite
def broken_texts(draw: st.DrawFn) -> str:
    """The text with a few lines left out, doubled, moved, with another key or another value."""
    lines = list(LINES)
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(lines) - 1))
        line = lines[place]
        change = draw(st.sampled_from(["drop", "twice", "move", "key", "value", "header", "cut"]))
        if change == "drop":
            del lines[place]
        elif change == "twice":
            lines.insert(place, line)
        elif change == "move":
            lines.insert(draw(st.integers(0, len(lines) - 1)), lines.pop(place))
        elif change == "key" and "=" in line:
            lines[place] = draw(st.sampled_from(WORDS)) + " =" + line.partition("=")[2]
        elif change == "value" and "=" in line:
            lines[place] = line.partition("=")[0] + "= " + draw(VALUES)
        elif change == "header":
            brackets = draw(st.sampled_from(["[%s]", "[[%s]]"]))
            lines[place] = brackets % ".".join(draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=2)))
        elif change == "cut":
            lines[place] = line[: draw(st.integers(0, len(line)))]
    return "\n".join(lines) + "\n"


FLAG_KEYS = st.lists(st.sampled_from([*WORDS, "0", "1", "9", ""]), min_size=1, max_size=4)
FLAGS = st.builds(lambda words, value: f"{'.'.join(words)}={value}", FLAG_KEYS, VALUES)


def problems_of(text: str, file: Path, *flags: str) -> tuple[Problem, ...]:
    """The problems of a file; none for one that is right, which can then be built."""
    try:
        scenario = parse_scenario(text, file, flags)
    except InputError as error:
        return error.problems
    scenario.build()
    return ()


@settings(max_examples=300, deadline=None)
@given(text=broken_texts())
def test_a_broken_file_is_refused_with_places_or_can_be_built(text: str) -> None:
    file = _folder() / "broken.toml"
    for problem in problems_of(text, file):
        assert problem.file == str(file)
        assert problem.what
        assert problem.line is None or 1 <= problem.line <= text.count("\n") + 1


@settings(max_examples=200, deadline=None)
@given(flags=st.lists(FLAGS, min_size=1, max_size=3))
def test_any_flags_are_refused_with_places_or_can_be_built(flags: list[str]) -> None:
    """A flag that is right in itself may make something in the file impossible."""
    file = _folder() / "right.toml"
    places = {f"--set {flag}" for flag in flags} | {str(file)}
    assert {problem.file for problem in problems_of(TEXT, file, *flags)} <= places


_made: list[Path] = []


def _folder() -> Path:
    """A folder with the trace that the text names; the same for all examples."""
    if not _made:
        import atexit
        import shutil
        import tempfile

        folder = Path(tempfile.mkdtemp(prefix="swapscope-test-"))
        atexit.register(shutil.rmtree, folder, True)
        (folder / "t.txt").write_text("r 3\nw 5\nmark half\nr 7\n")
        _made.append(folder)
    return _made[0]

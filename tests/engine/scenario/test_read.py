"""Broken scenario files: every mistake is named with its file, line, key, what is allowed, and the nearest name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from engine.errors import InputError, Problem
from engine.resources import scenarios_dir
from engine.scenario import Scenario, parse_scenario


class Broken(NamedTuple):
    """A change to the right scenario and the one problem it must give."""

    old: str
    new: str
    key: str
    what: str
    expected: str = ""
    nearest: str | None = None
    line: int | None = None
    """When not the first line that changed."""


def changed_line(before: str, after: str) -> int:
    """The first line that differs."""
    pairs = zip([*before.splitlines(), ""], after.splitlines())
    return next(number for number, (old, new) in enumerate(pairs, start=1) if old != new)


END = 'mark = "filled"\n'
ADD = END + "[[run]]\n"
LATE = '[[process]]\nname = "late"\npages = 5\n'
SHOCK = END + "[[shock]]\nat = 3\n"

BROKEN = [
    # keys
    Broken('title = "right"', 'titel = "right"\ntitle = "x"', "titel", "no key 'titel'", "title", "title"),
    Broken("frames = 64", "frame = 64", "machine.frame", "no key", "frames", "frames"),
    Broken("enabled = true", "max_pool_percnt = 5", "machine.zswap.max_pool_percnt", "no key", "max_pool_percent",
           "max_pool_percent"),
    Broken("frames = 64", "max_pool_percent = 5", "machine.max_pool_percent", "no key", "",
           "machine.zswap.max_pool_percent"),
    Broken("slots = 100", "slots = 100\nslot = 3", "machine.swapfile.0.slot", "no key", "slots", "slots", 11),
    Broken("pages = 40", "pages = 40\npages_ = 3", "process.0.pages_", "no key", "regions", "pages", 14),
    Broken("pages = 10 }", "pages = 10, lock = true }", "process.1.regions.0.lock", "no key", "locked", "locked"),
    Broken("references = 40", "references = 40\nwrite_shar = 0.5", "run.0.write_shar", "no key", "write_share",
           "write_share", 24),
    Broken("references = 40", "references = 40\nhot_pages = 5", "run.0.hot_pages", "no key", "", "pages", 24),
    Broken('title = "right"\n', "", "title", "'title' is missing", "text", None, None),
    Broken("slots = 100\n", "", "machine.swapfile.0.slots", "'slots' is missing", "a whole number from 1", None, 8),
    Broken("references = 40\n", "", "run.0.references", "'references' is missing", "a whole number from 1", None, 20),
    Broken("pages = 40\n", "", "process.0.pages", "'pages' is missing", "regions", None, 11),
    Broken('name = "editor"\n', "", "process.0.name", "'name' is missing", "text in quotes", None, 11),
    # types
    Broken("frames = 64", 'frames = "64"', "machine.frames", "'64' has the wrong type", "a whole number from 8"),
    Broken("frames = 64", "frames = 64.5", "machine.frames", "64.5 has the wrong type", "a whole number from 8"),
    Broken("frames = 64", "frames = true", "machine.frames", "true has the wrong type", "a whole number from 8"),
    Broken("enabled = true", "enabled = 1", "machine.zswap.enabled", "1 has the wrong type", "true or false"),
    Broken("[machine.zswap]\nenabled = true", "zswap = 3", "machine.zswap", "3 has the wrong type", "a table"),
    Broken('title = "right"', "title = 3", "title", "3 has the wrong type", "text in quotes"),
    Broken("references = 40", "references = [40]", "run.0.references", "an array has the wrong type", "a whole number"),
    Broken('title = "right"', 'title = "right"\ngoals = "one"', "goals", "'one' has the wrong type", "an array", None,
           3),
    Broken('mark = "filled"', "mark = 7", "run.1.mark", "7 has the wrong type", "text in quotes"),
    # impossible values
    Broken("frames = 64", "frames = 2", "machine.frames", "2 is too small", "a whole number from 8 to 16777216"),
    Broken("enabled = true", "max_pool_percent = 400", "machine.zswap.max_pool_percent", "400 is too large",
           "a whole number from 1 to 100"),
    Broken('design = "swap_desc"', 'design = "swapdesc"', "machine.design", "'swapdesc' is not possible",
           "one of legacy, swap_desc, vswap", "swap_desc"),
    Broken("frames = 64", 'kernel = "6.19"', "machine.kernel", "'6.19' is not possible", "6.2, 6.18, mm", "6.18"),
    Broken("slots = 100", 'slots = 100\ndevice = "nmve"', "machine.swapfile.0.device", "not possible", "nvme, ssd, hdd",
           "nvme", 11),
    Broken("slots = 100", "slots = 0", "machine.swapfile.0.slots", "0 is too small", "a whole number from 1"),
    Broken("slots = 100", "slots = 100\nbad = [3,\n101]", "machine.swapfile.0.bad.1", "no slot 101", "slots 1 to 100",
           None, 12),
    Broken("pages = 40", "pages = 0", "process.0.pages", "0 is too small", "a whole number from 1"),
    Broken("pages = 40", 'pages = 40\ncontent = "heep"', "process.0.content", "no family of page images 'heep'",
           "heap", "heap", 14),
    Broken("pages = 40", "pages = 40\ncontent = { compressed = 5 }", "process.0.content.compressed", "5 is too small",
           "from 36 to 4096", None, 14),
    Broken("pages = 40", "pages = 40\ncontent = { compress = 50 }", "process.0.content.compress", "no key 'compress'",
           "compressed", "compressed", 14),
    Broken("references = 40", "references = 40\nwrite_share = 1.5", "run.0.write_share", "1.5 is too large",
           "a number from 0 to 1", None, 24),
    Broken("frames = 64", "frames = 64\nwatermark_min = 9\nwatermark_low = 5", "machine.watermark_low",
           "5 is below watermark_min", "at least 9", None, 7),
    Broken("format = 1", "format = 2", "format", "format 2 is newer", "1"),
    Broken('name = "ring"', 'name = ""', "shmem.0.name", "is empty", "at least one letter"),
    # names that must agree
    Broken('process = "editor"', 'process = "edtor"', "run.0.process", "no process 'edtor'", "editor, shell", "editor"),
    Broken('process = "editor"\n', "", "run.0.process", "'process' is missing", "editor, shell", None, 20),
    Broken('name = "shell"', 'name = "editor"', "process.1.name", "'editor' is there twice", "a name of its own"),
    Broken('shared = "ring"', 'shared = "rang"', "process.1.regions.1.shared", "no shmem object 'rang'", "ring",
           "ring"),
    Broken('shared = "ring"', 'shared = "ring", offset = 5', "process.1.regions.1.pages", "pages 5 to 10 of 'ring'",
           "pages 0 to 7"),
    Broken("regions = [", "pages = 12\nregions = [", "process.1.pages", "its regions have 16 pages", "at least 16"),
    # the run
    Broken('pattern = "sequential"', 'pattern = "seqential"', "run.0.pattern", "no pattern 'seqential'",
           "sequential, random", "sequential"),
    Broken('pattern = "sequential"', 'pattrn = "sequential"', "run.0", "does not say what happens", "pattern, trace",
           "pattern", 20),
    Broken('pattern = "sequential"', 'pattern = "sequential"\nmark = "x"', "run.0", "has both 'pattern' and 'mark'",
           "only one", None, 20),
    Broken('pattern = "sequential"', 'pattern = "loop"\nlength = 41', "run.0.length", "length must be 1 to 40", "",
           None, 22),
    Broken("references = 40", "references = 40\nfirst = 40", "run.0.first", "no page 40", "pages 0 to 39", None, 24),
    Broken("references = 40", "references = 40\nfirst = 8\npages = 33", "run.0.pages", "pages 8 to 40", "at most 32",
           None, 25),
    Broken("references = 40", 'references = 40\nregion = "hep"', "run.0.region", "no region 'hep'", "editor", None, 24),
    Broken("references = 40", "references = 40\nrepeat = 0", "run.0.repeat", "0 is too small", "from 1", None, 24),
    Broken("references = 40", "references = 100000000", "run.0", "the run is too long", "at most", None, 20),
    Broken(END, ADD + 'trace = "nothing.swt"', "run.2.trace", "no such file", "", None, 27),
    Broken(END, ADD + 'op = "wirte"\npage = 3', "run.2.op", "no operation 'wirte'", "read, write", "write", 27),
    Broken(END, ADD + 'op = "write"\nprocess = "editor"\npage = [1, 40]', "run.2.page.1", "no page 40", "pages 0 to 39",
           None, 29),
    Broken(END, ADD + 'op = "write"\nprocess = "shell"\nregion = "heap"\npage = 10', "run.2.page", "no page 10",
           "pages 0 to 9", None, 30),
    Broken(END, ADD + 'op = "write"\nprocess = "editor"\npage = "1"', "run.2.page", "'1' has the wrong type",
           "a whole number", None, 29),
    Broken(END, ADD + 'op = "pageout"\nprocess = "shell"\nregion = "heep"', "run.2.region", "no region 'heep'",
           "heap, shared", "heap", 29),
    Broken(END, ADD + 'op = "fork"\nprocess = "editor"\nchild = "shell"', "run.2.child", "already a process 'shell'",
           "",
           None, 29),
    Broken(END, ADD + 'op = "exit"\nprocess = "editor"\n[[run]]\nop = "read"\nprocess = "editor"\npage = 1',
           "run.3.process", "'editor' does not run any more: it ended in run.2", "", None, 31),
    Broken(END,
           ADD + 'op = "read"\nprocess = "child"\npage = 1\n[[run]]\nop = "fork"\nprocess = "editor"\nchild = "child"',
           "run.2.process", "'child' does not run yet", "a fork before", None, 28),
    Broken(END, ADD + 'op = "exec"\nprocess = "shell"', "run.2.process", "'shell' has regions", "only 'pages'", None,
           28),
    Broken(END, ADD + 'op = "exec"\nprocess = "edtor"', "run.2.process", "no process 'edtor'", "editor", "editor", 28),
    Broken(END, ADD + 'op = "read"\nprocess = "late"\npage = 1\n[[run]]\nop = "exec"\nprocess = "late"\n' + LATE,
           "run.2.process", "'late' does not run yet", "an exec before", None, 28),
    Broken(END, ADD + 'op = "exec"\nprocess = "late"\n[[run]]\nop = "exec"\nprocess = "late"\n' + LATE,
           "run.3.process", "'late' runs already", "another process", None, 31),
    Broken(END, ADD + 'op = "exec"\nprocess = "late"\n' + LATE.replace("= 5", "= 2000000"),
           "run.2.process", "too large to start later", "at most 1048576", None, 28),
    # shocks
    Broken(END, SHOCK + '[[shock.run]]\nset = "machine.fraems"\nvalue = 40', "shock.0.run.0.set", "no setting",
           "machine.frames", "machine.frames", 29),
    Broken(END, SHOCK.replace("= 3", "= 42") + '[[shock.run]]\nmark = "x"', "shock.0.at", "only 41 operations",
           "0 to 41", None, 27),
    Broken(END, SHOCK + '[[shock.beside]]\npattern = "zipf"\nprocess = "edtor"\nreferences = 4',
           "shock.0.beside.0.process", "no process 'edtor'", "editor", "editor", 30),
    Broken(END, SHOCK, "shock.0.run", "nothing happens in this shock", "[[shock.run]]", None, 26),
    Broken(END, SHOCK + '[[shock.run]]\nop = "raed"\npage = 1', "shock.0.run.0.op", "no operation 'raed'", "read",
           "read", 29),
    Broken(END, SHOCK + 'when = 3\n[[shock.run]]\nmark = "x"', "shock.0.when", "no key 'when'",
           "at, beside, name, run", None, 28),
    Broken(END, ADD + 'op = "swapoff"\nswapfile = "swap1"', "run.2.swapfile", "no swapfile 'swap1'", "swap0", "swap0",
           28),
    Broken(END, ADD + 'op = "swapon"\nswapfile = "swap0"', "run.2.swapfile", "already in use", "", None, 28),
    Broken(END, ADD + 'set = "machine.zswap.max_pool_percnt"\nvalue = 5', "run.2.set", "no setting",
           "machine.zswap.enabled", "machine.zswap.max_pool_percent", 27),
    Broken(END, ADD + 'set = "machine.design"\nvalue = "legacy"', "run.2.set", "a run keeps its design", "", None, 27),
    Broken(END, ADD + 'set = "machine.frames"\nvalue = 4', "run.2.value", "4 is not possible", "from 8 to", None, 28),
    Broken(END, ADD + 'set = "machine.zswap.enabled"\nvalue = 1', "run.2.value", "1 is not possible", "true or false",
           None, 28),
    Broken(END, ADD + 'set = "machine.swapfile.1.slots"\nvalue = 9', "run.2.set", "no setting",
           "machine.swapfile.0.slots",
           "machine.swapfile.0.slots", 27),
    Broken(END, ADD + 'parallel = [{ pattern = "random", process = "editor", references = 5 },\n { mark = "x" }]',
           "run.2.parallel.1.mark", "cannot stand inside 'parallel'", "a pattern or a trace", None, 28),
    Broken(END, ADD + 'parallel = [{ pattern = "random", process = "edtor", references = 5 }]',
           "run.2.parallel.0.process", "no process 'edtor'", "editor", "editor", 27),
    # checks
    Broken(END, END + '[[check]]\nname = "pswpot"\nvalue = 1', "check.0.name", "no counter or gauge 'pswpot'", "",
           "pswpout", 27),
    Broken(END, END + '[[check]]\nname = "pswpout"\nop = "=>"\nvalue = 1', "check.0.op", "'=>' is not possible",
           "==, !=",
           ">", 28),
    Broken(END, END + '[[check]]\nname = "pswpout"\nvalue = "1"', "check.0.value", "'1' has the wrong type",
           "a whole number", None, 28),
    Broken(END, END + '[[check]]\nname = "outcome"\nvalue = "done"', "check.0.value", "'done' is no outcome",
           "finished, oom", None, 28),
    Broken(END, END + '[[check]]\nname = "pswpout"\nvalue = 1\nat = "filed"', "check.0.at", "no mark 'filed'", "filled",
           "filled", 29),
]  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: f"{broken.key}: {broken.what}")
def test_a_mistake_is_named_at_its_place(broken: Broken, right: str, tmp_path: Path) -> None:
    assert broken.old in right
    text = right.replace(broken.old, broken.new, 1)
    file = tmp_path / "broken.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        parse_scenario(text, file)
    problems = caught.value.problems
    found = [problem for problem in problems if problem.key == broken.key]
    assert len(found) == 1, [str(problem) for problem in problems]
    problem = found[0]
    assert broken.what in problem.what
    assert broken.expected in (problem.expected or "")
    assert problem.nearest == broken.nearest
    assert problem.file == str(file)
    if broken.key != "title" or "missing" not in broken.what:
        assert problem.line == (broken.line or changed_line(right, text))


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: f"{broken.key}: {broken.what}")
def test_a_mistake_is_said_once_and_leads_to_no_other(broken: Broken, right: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        parse_scenario(right.replace(broken.old, broken.new, 1), tmp_path / "broken.toml")
    assert len(caught.value.problems) == len({(problem.key, problem.what) for problem in caught.value.problems})
    # A key written wrong is there and is missing: two problems of one mistake.
    assert len(caught.value.problems) <= 2


def test_all_mistakes_at_once_in_the_order_of_the_lines(right: str, read: Callable[..., Scenario]) -> None:
    text = (
        right.replace("frames = 64", "frames = 2")
        .replace("pages = 40", "pages = 40\nswap = 1")
        .replace('process = "editor"', 'process = "edtor"')
        .replace("slots = 100", "slots = 1.5")
        + '[[check]]\nname = "pswpot"\nvalue = 1'
    )
    with pytest.raises(InputError) as caught:
        read(text)
    keys = [problem.key for problem in caught.value.problems]
    assert keys == ["machine.frames", "machine.swapfile.0.slots", "process.0.swap", "run.0.process", "check.0.name"]


def test_the_right_scenario_is_right(right: str, read: Callable[..., Scenario]) -> None:
    scenario = read(right)
    assert scenario.title == "right"
    assert scenario.source is not None
    assert scenario.source.name == "scenario.toml"


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("format = 1\ntitle = \n", 2, "'title =' is not TOML: this is no value"),
        ("a = " + "[" * 20000, 1, "deep"),
    ],
)
def test_text_that_is_not_toml(text: str, line: int, what: str, read: Callable[..., Scenario]) -> None:
    with pytest.raises(InputError) as caught:
        read(text)
    (problem,) = caught.value.problems
    assert "is not TOML" in problem.what
    assert what.lower() in problem.what.lower()
    assert problem.line in (line, None)


def only_problem(error: pytest.ExceptionInfo[InputError]) -> Problem:
    (problem,) = error.value.problems
    return problem


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    from engine.scenario import load_scenario

    with pytest.raises(InputError) as caught:
        load_scenario(tmp_path / "nothing.toml")
    assert "No such file" in only_problem(caught).what
    with pytest.raises(InputError) as caught:
        load_scenario(tmp_path)
    assert "cannot be read" in only_problem(caught).what
    file = tmp_path / "latin.toml"
    file.write_bytes(b"format = 1\ntitle = 'caf\xe9'\n")
    with pytest.raises(InputError) as caught:
        load_scenario(file)
    assert only_problem(caught).line == 2
    assert "UTF-8" in only_problem(caught).what


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path, read: Callable[..., Scenario]) -> None:
    from engine.scenario import load_scenario

    file = tmp_path / "notepad.toml"
    shipped = next(iter(scenarios_dir().glob("01-*.toml")))
    file.write_bytes(b"\xef\xbb\xbf" + shipped.read_bytes())
    assert load_scenario(file).title == load_scenario(shipped).title


def test_a_recording_is_no_scenario(tmp_path: Path) -> None:
    from engine.scenario import load_scenario

    file = tmp_path / "sort.swt"
    file.write_bytes(b"\x89SWT\r\n\x1a\n")
    with pytest.raises(InputError) as caught:
        load_scenario(file)
    assert str(caught.value) == f"{file}: is a recording; expected a scenario, and --trace FILE"


@pytest.mark.parametrize(("line", "what"), [
    ("seed = " + "9" * 6000, "too many digits"),
    (".".join(["a"] * 3000) + " = 1", "nested too deeply"),
    ("x = " + "[" * 3000 + "]" * 3000, "nested too deeply"),
])  # fmt: skip
def test_what_python_itself_stumbles_over(line: str, what: str, read: Callable[..., Scenario]) -> None:
    with pytest.raises(InputError) as caught:
        read(f"format = 1\n{line}\n")
    assert what in only_problem(caught).what


def test_a_share_that_is_no_number(read: Callable[..., Scenario], right: str) -> None:
    with pytest.raises(InputError) as caught:
        read(right + '[[run]]\npattern = "random"\nprocess = "editor"\nreferences = 3\nwrite_share = nan\n')
    assert only_problem(caught).what == "nan is no number"


def test_references_that_nobody_makes(read: Callable[..., Scenario]) -> None:
    with pytest.raises(InputError) as caught:
        read('format = 1\ntitle = "T"\n[[run]]\npattern = "sequential"\nreferences = 3\n')
    assert only_problem(caught).expected == "at least one [[process]]"


def test_an_empty_file_says_what_is_needed(read: Callable[..., Scenario]) -> None:
    with pytest.raises(InputError) as caught:
        read("")
    assert {problem.key for problem in caught.value.problems} == {"format", "title", "run"}


def test_a_trace_that_does_not_fit(right: str, read: Callable[..., Scenario], tmp_path: Path) -> None:
    (tmp_path / "big.txt").write_text("r 3\nw 50\nmark half\nr 4\n")
    with pytest.raises(InputError) as caught:
        read(right + '[[run]]\ntrace = "big.txt"\nprocess = "editor"\n')
    problem = only_problem(caught)
    assert problem.key == "run.2.trace"
    assert problem.line == 27
    assert "51 pages, process 'editor' only 40" in problem.what
    # The same in a process that has the room, or in one of its own.
    read(right.replace("pages = 40", "pages = 51") + '[[run]]\ntrace = "big.txt"\nprocess = "editor"\n')
    read(right + '[[run]]\ntrace = "big.txt"\n[[check]]\nname = "pgfault"\nvalue = 3\nat = "half"')


def test_a_trace_that_is_damaged_is_named_with_its_own_line(
    right: str, read: Callable[..., Scenario], tmp_path: Path
) -> None:
    (tmp_path / "bad.txt").write_text("r 3\nx 50\n")
    with pytest.raises(InputError) as caught:
        read(right + '[[run]]\ntrace = "bad.txt"\n')
    problem = only_problem(caught)
    assert problem.key == "run.2.trace"
    assert "'bad.txt' (line 2)" in problem.what


def test_a_region_that_the_trace_does_not_have(right: str, read: Callable[..., Scenario], tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_text("r 3\n")
    with pytest.raises(InputError) as caught:
        read(right + '[[run]]\ntrace = "t.txt"\ncontent = { heap = "text" }\n')
    assert only_problem(caught).key == "run.2.content.heap"

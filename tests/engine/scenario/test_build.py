"""A scenario as a program: operations, processes, images."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine import operation as op
from engine.content.library import load_library
from engine.errors import InputError
from engine.operation import Op
from engine.program import Program
from engine.scenario import Scenario
from engine.scenario.build import first_references, interleave

Read = Callable[..., Scenario]


def decoded(program: Program) -> list[tuple[str, int, int, int]]:
    """Each operation as (kind, who, value, count)."""
    return [
        (
            Op(word & op.KIND_MASK).name, word >> op.WHO_SHIFT & op.WHO_MASK, word >> op.VALUE_SHIFT,
            word >> op.COUNT_SHIFT & op.COUNT_MASK,
        )
        for word in program.ops.tolist()
    ]  # fmt: skip


@pytest.fixture
def build(read: Read, right: str) -> Callable[..., Program]:
    """The program of the right scenario with other parts of the run."""

    def make(run: str, *sets: str, **options: Any) -> Program:
        return read(right[: right.index("[[run]]")] + run, *sets, **options).build()

    return make


def test_every_operation(build: Callable[..., Program]) -> None:
    program = build("""
[[run]]
op = "write"
process = "editor"
page = [3, 4]
count = 5
[[run]]
op = "read"
process = "shell"
region = "shared"
page = 2
[[run]]
mark = "here"
[[run]]
set = "machine.zswap.max_pool_percent"
value = 7
[[run]]
set = "machine.reclaim"
value = "memcg"
[[run]]
op = "idle"
ns = 1234
[[run]]
op = "pageout"
process = "shell"
region = "shared"
first = 1
pages = 3
[[run]]
op = "madvise"
""".replace('[[run]]\nop = "madvise"\n', "") + "".join(
        f'[[run]]\nop = "{name}"\nprocess = "editor"\n'
        for name in ("cold", "dontneed", "willneed", "mlock", "munlock", "munmap")
    ) + """
[[run]]
op = "fork"
process = "editor"
child = "young"
[[run]]
op = "write"
process = "young"
page = 39
[[run]]
op = "exit"
process = "editor"
[[run]]
op = "swapoff"
swapfile = "swap0"
[[run]]
op = "swapon"
swapfile = "swap0"
[[run]]
mark = "there"
""")
    from engine.mm.image import schema

    pool = schema.setting_for("machine.zswap.max_pool_percent").number
    reclaim = schema.setting_for("machine.reclaim").number
    assert decoded(program) == [
        ("WRITE", 0, 3, 4), ("WRITE", 0, 4, 4),
        ("READ", 1, 12, 0),
        ("MARK", 0, 0, 0),
        ("SET", 0, 7, pool), ("SET", 0, 1, reclaim),
        ("IDLE", 0, 1234, 0),
        ("PAGEOUT", 1, 11, 2),
        ("COLD", 0, 0, 39), ("DONTNEED", 0, 0, 39), ("WILLNEED", 0, 0, 39), ("MLOCK", 0, 0, 39), ("MUNLOCK", 0, 0, 39),
        ("MUNMAP", 0, 0, 39),
        ("FORK", 0, 0, 2), ("WRITE", 2, 39, 0), ("EXIT", 0, 0, 0),
        ("SWAPOFF", 0, 0, 0), ("SWAPON", 0, 0, 0),
        ("MARK", 0, 1, 0),
    ]  # fmt: skip
    assert program.marks == ("here", "there")
    assert [process.name for process in program.processes] == ["editor", "shell", "young"]
    assert program.processes[2].pages == 40
    assert program.processes[2].regions == ()


def test_processes_regions_and_images(build: Callable[..., Program]) -> None:
    program = build(
        '[[run]]\nop = "read"\nprocess = "editor"\npage = 0\n',
        "process.0.content=zero", "process.1.content=filled", "shmem.0.content={compressed=1000}",
    )  # fmt: skip
    editor, shell = program.processes
    assert (editor.pages, shell.pages) == (40, 16)
    (whole,) = editor.regions
    heap, shared = shell.regions
    assert (whole.first, whole.pages, heap.first, heap.pages, shared.first, shared.pages) == (0, 40, 0, 10, 10, 6)
    assert (heap.shared, shared.shared) == (None, "ring")
    assert program.shmem == (("ring", 8),)
    images = program.images
    assert images.lz4.dtype == np.int64
    assert images.lz4[0] == images.filled[0] == images.first[0] == images.count[0] == 0
    assert images.filled[whole.image] == 3
    assert images.filled[heap.image] == 1
    assert heap.images == len(load_library().family("filled"))
    for region in (whole, heap, shared):
        rows = slice(region.image, region.image + region.images)
        assert set(images.first[rows]) == {region.image}
        assert set(images.count[rows]) == {region.images}
    assert np.abs(images.lz4[shared.image : shared.image + shared.images] - 1000).max() <= 2
    assert len(images.lz4) == 1 + whole.images + heap.images + shared.images


def test_settings_swapfiles_and_seed(build: Callable[..., Program]) -> None:
    program = build(
        '[[run]]\nmark = "x"\n', "seed=9", "machine.swapfile.0.bad=[4,2]", "machine.swapfile.1.slots=8",
        "machine.swapfile.1.device=hdd", "machine.swapfile.1.active=false", "machine.swapfile.1.priority=5",
    )  # fmt: skip
    assert program.settings == {"machine.frames": 64, "machine.design": 1, "machine.zswap.enabled": 1}
    first, second = program.swapfiles
    assert (first.name, first.slots, first.bad, first.active) == ("swap0", 100, (2, 4), True)
    assert (second.name, second.device, second.priority, second.active) == ("swap1", "hdd", 5, False)
    assert program.seed == 9


PATTERN = '[[run]]\npattern = "random"\nprocess = "editor"\nreferences = 50\nwrite_share = 0.5\n'


def test_patterns_are_the_same_for_the_same_seed_and_others_for_another(build: Callable[..., Program]) -> None:
    once = build(PATTERN)
    assert np.array_equal(once.ops, build(PATTERN).ops)
    assert not np.array_equal(once.ops, build(PATTERN, "seed=2").ops)
    twice = build(PATTERN + PATTERN).ops
    assert np.array_equal(twice[:50], once.ops)
    assert not np.array_equal(twice[50:], once.ops)
    own = build(PATTERN + "seed = 5\n")
    assert np.array_equal(own.ops, build(PATTERN + "seed = 5\n", "seed=2").ops)


def test_a_part_of_a_process(build: Callable[..., Program]) -> None:
    program = build(
        '[[run]]\npattern = "sequential"\nprocess = "shell"\nregion = "shared"\nfirst = 2\npages = 3\nreferences = 7\n'
    )
    assert [value for _, _, value, _ in decoded(program)] == [12, 13, 14, 12, 13, 14, 12]


def test_repeats(build: Callable[..., Program]) -> None:
    program = build('[[run]]\npattern = "sequential"\nprocess = "editor"\nreferences = 2\nrepeat = 3\n')
    assert [value for _, _, value, _ in decoded(program)] == [0, 1, 0, 1, 0, 1]


def test_parallel_parts_share_the_time(build: Callable[..., Program]) -> None:
    program = build("""[[run]]
turn = 2
[[run.parallel]]
pattern = "sequential"
process = "editor"
references = 8
[[run.parallel]]
pattern = "sequential"
process = "shell"
references = 4
""")
    assert [(who, value) for _, who, value, _ in decoded(program)] == [
        (0, 0), (0, 1), (1, 0), (1, 1), (0, 2), (0, 3), (0, 4), (0, 5), (1, 2), (1, 3), (0, 6), (0, 7),
    ]  # fmt: skip


def test_interleaving_keeps_each_order_and_loses_nothing() -> None:
    runs = [np.arange(100, 117), np.arange(0), np.arange(200, 203), np.arange(300, 390)]
    mixed = interleave(runs, 4)
    for run in runs:
        assert np.array_equal(mixed[np.isin(mixed, run)], run)
    assert len(mixed) == sum(map(len, runs))


# -- traces ------------------------------------------------------------------------------------

TRACE = """region heap 0 3 4096
region text 3 2 65536 file
r 0
w 1 x3
mark middle
r 3
r 4
w 2
mark end
"""


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    """A recording with two regions, one of them of a file."""
    from engine.trace import Recording, Region, save_trace

    recording = Recording(
        np.zeros(5, np.uint8), np.array([0, 1, 3, 4, 2]), np.array([False, True, False, False, True]),
        np.array([1, 3, 1, 1, 1]), ("prog",),
        (Region(0, "heap", 0, 3, 4096), Region(0, "libx.so.1", 3, 2, 65536, True)),
        ((2, "middle"), (5, "end")),
    )  # fmt: skip
    save_trace(recording, tmp_path / "t.swt")
    return tmp_path / "t.swt"


def test_a_trace_brings_its_process(build: Callable[..., Program], trace: Path) -> None:
    program = build('[[run]]\ntrace = "t.swt"\n')
    assert [process.name for process in program.processes] == ["editor", "shell", "prog"]
    heap, code = program.processes[2].regions
    assert (heap.name, heap.first, heap.pages, heap.address) == ("heap", 0, 3, 4096)
    assert (code.first, code.pages, code.images) == (3, 2, len(load_library().family("code")))
    assert decoded(program) == [
        ("READ", 2, 0, 0), ("WRITE", 2, 1, 2), ("MARK", 0, 0, 0), ("READ", 2, 3, 0), ("READ", 2, 4, 0),
        ("WRITE", 2, 2, 0), ("MARK", 0, 1, 0),
    ]  # fmt: skip
    assert program.marks == ("middle", "end")


def test_a_trace_without_the_pages_of_files(build: Callable[..., Program], trace: Path) -> None:
    program = build('[[run]]\ntrace = "t.swt"\nfiles = false\n')
    assert [(kind, value) for kind, _, value, _ in decoded(program)] == [
        ("READ", 0), ("WRITE", 1), ("MARK", 0), ("WRITE", 2), ("MARK", 1),
    ]  # fmt: skip


def test_the_beginning_of_a_trace(build: Callable[..., Program], trace: Path) -> None:
    assert [kind for kind, *_ in decoded(build('[[run]]\ntrace = "t.swt"\nlimit = 2\n'))] == ["READ", "WRITE", "MARK"]


def test_a_trace_in_a_process_of_the_file(build: Callable[..., Program], trace: Path) -> None:
    program = build('[[run]]\ntrace = "t.swt"\nprocess = "shell"\n')
    assert [process.name for process in program.processes] == ["editor", "shell"]
    assert {who for kind, who, _, _ in decoded(program) if kind != "MARK"} == {1}


def test_contents_by_region(build: Callable[..., Program], trace: Path) -> None:
    program = build('[[run]]\ntrace = "t.swt"\ncontent = { heap = "zero", "libx.so.1" = { compressed = 500 } }\n')
    heap, code = program.processes[2].regions
    assert program.images.filled[heap.image] == 3
    assert abs(int(program.images.lz4[code.image]) - 500) <= 2
    program = build('[[run]]\ntrace = "t.swt"\ncontent = "zero"\n')
    assert {int(program.images.filled[region.image]) for region in program.processes[2].regions} == {3}


def test_a_trace_in_place_of_the_run(right: str, read: Read, tmp_path: Path) -> None:
    (tmp_path / "big.txt").write_text("r 3\nw 500\nmark m\n")
    checked = right + '[[check]]\nname = "pgfault"\nvalue = 3\nat = "filled"\n'
    scenario = read(checked, trace=tmp_path / "big.txt")
    assert scenario.check == []
    program = scenario.build()
    assert program.marks == ("m",)
    assert [process.name for process in program.processes] == ["editor", "shell", "program"]
    # The only process of a file makes the references, in its own content, and is made as long as it takes.
    alone = right.replace('[[process]]\nname = "shell"\nregions = [{ name = "heap", pages = 10 }, '
                          '{ name = "shared", pages = 6, shared = "ring" }]\n', "")  # fmt: skip
    program = read(alone, "process.0.content=zero", trace=tmp_path / "big.txt").build()
    (editor,) = program.processes
    assert (editor.name, editor.pages, editor.regions[0].pages) == ("editor", 501, 501)
    assert program.images.filled[editor.regions[0].image] == 3
    with pytest.raises(InputError) as caught:
        read(right, trace=tmp_path / "nothing.txt")
    assert caught.value.problems[0].file == f"--trace {tmp_path / 'nothing.txt'}"


# -- limits ------------------------------------------------------------------------------------


def test_the_first_references(build: Callable[..., Program]) -> None:
    program = build('[[run]]\nmark = "begun"\n[[run]]\nop = "write"\nprocess = "editor"\npage = [1, 2]\ncount = 3\n'
                    '[[run]]\nmark = "stopped"\n')  # fmt: skip

    def kept(references: int) -> list[tuple[str, int, int]]:
        return [(kind, value, count) for kind, _, value, count in decoded(first_references(program, references))]

    whole = [("MARK", 0, 0), ("WRITE", 1, 2), ("WRITE", 2, 2), ("MARK", 1, 0)]
    assert kept(0) == whole[:1]
    assert kept(2) == [("MARK", 0, 0), ("WRITE", 1, 1)]
    assert kept(3) == whole[:2]
    assert kept(4) == [*whole[:2], ("WRITE", 2, 0)]
    assert kept(6) == whole
    assert kept(100) == whole
    with pytest.raises(ValueError, match="0 or more"):
        first_references(program, -1)


# -- processes that start later, and shocks --------------------------------------------------------


LATE = """
[[process]]
name = "late"
pages = 6
content = { compressed = 900 }
"""


def test_a_process_that_starts_later_is_behind_all_others_and_has_no_regions_yet(build: Callable[..., Program]) -> None:
    program = build(LATE + """
[[run]]
op = "fork"
process = "editor"
child = "copy"
[[run]]
op = "exec"
process = "late"
[[run]]
op = "write"
process = "late"
page = 5
[[run]]
op = "exit"
process = "late"
""")
    assert [process.name for process in program.processes] == ["editor", "shell", "copy", "late"]
    late = program.processes[3]
    assert late.late
    image = late.regions[0].image
    assert int(program.images.first[image]) == image
    assert decoded(program)[1:] == [("EXEC", 3, image, 5), ("WRITE", 3, 5, 0), ("EXIT", 3, 0, 0)]


def test_shocks_are_put_in_one_after_the_other(build: Callable[..., Program]) -> None:
    run = """
[[run]]
op = "read"
process = "editor"
page = [0, 1, 2, 3]
"""
    shocks = """
[[shock]]
at = 2
name = "less memory"
[[shock.run]]
set = "machine.frames"
value = 40
[[shock.run]]
mark = "less"
[[shock]]
at = 3
[[shock.run]]
op = "write"
process = "editor"
page = 9
[[shock]]
at = 7
[[shock.run]]
op = "idle"
ns = 5
"""
    plain = decoded(build(run))
    assert [(kind, value) for kind, _, value, _ in decoded(build(run + shocks))] == [
        ("READ", 0), ("READ", 1), ("SET", 40), ("WRITE", 9), ("MARK", 0), ("READ", 2), ("READ", 3), ("IDLE", 5),
    ]  # fmt: skip
    assert [word for word in decoded(build(run + shocks)) if word[0] == "READ"] == plain


def test_parts_beside_are_spread_over_all_that_follows(build: Callable[..., Program]) -> None:
    run = '[[run]]\nop = "read"\nprocess = "editor"\npage = [0, 1, 2, 3]\n[[run]]\nmark = "then"\n'
    beside = '''[[shock]]
at = 2
[[shock.run]]
op = "write"
process = "shell"
page = 9
[[shock.beside]]
pattern = "sequential"
process = "shell"
references = 3
'''
    assert [(kind, who, value) for kind, who, value, _ in decoded(build(run + beside))] == [
        ("READ", 0, 0), ("READ", 0, 1), ("WRITE", 1, 9), ("READ", 0, 2), ("READ", 1, 0), ("READ", 0, 3),
        ("READ", 1, 1), ("MARK", 0, 0), ("READ", 1, 2),
    ]  # fmt: skip


def test_a_shock_changes_nothing_of_what_patterns_draw(build: Callable[..., Program]) -> None:
    run = '[[run]]\npattern = "random"\nprocess = "editor"\nreferences = 30\n'
    drawn = '[[shock]]\nat = 10\n[[shock.run]]\npattern = "random"\nprocess = "shell"\nreferences = 4\n'
    words = decoded(build(run + drawn))
    assert words[:10] + words[14:] == decoded(build(run))
    assert {who for _, who, _, _ in words[10:14]} == {1}

"""Small programs that use every operation, for tests of the whole model: by a list of actions, or by chance.

An action is a tuple: ``("write", process, page)``, ``("sweep", process, first, pages, write)`` …; see
:func:`words_of`. Processes 0 and 1 are there from the start, 2 … 4 come from forks.
"""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from engine.mm.image import schema
from engine.operation import Op, encode, encode_range, encode_setting
from engine.program import Images, Process, Program, Region, Swapfile
from engine.scenario.kernel import PRESETS

DESIGNS = ("legacy", "swap_desc", "vswap")
KERNELS = ("6.2", "6.18", "mm")
PAGES = 60
"""Pages of each process: heap 0 … 31, mixed 32 … 43, zeroes 44 … 49, shared 50 … 59."""
SHARED_PAGES = 10
CHILDREN = (2, 3, 4)

_FAMILIES = (
    ("text", (900, 1400, 1800, 2300, 2900)),
    ("mixed", (60, 4114, 700, 3700, 20)),
    ("zero", (20,)),
    ("filled", (22,)),
)
_FILLED = {"zero": 3, "filled": 1}


def images() -> tuple[Images, dict[str, tuple[int, int]]]:
    """Facts of some images, and first image and number of each family."""
    lz4, filled, first, count, where = [0], [0], [0], [0], {}
    for name, lengths in _FAMILIES:
        start = len(lz4)
        where[name] = (start, len(lengths))
        for length in lengths:
            lz4.append(length)
            filled.append(_FILLED.get(name, 0))
            first.append(start)
            count.append(len(lengths))
    # The mixed family ends with a page of zeroes: a page may become one, and stop being one.
    filled[where["mixed"][0] + 4] = 3
    return Images(*(np.array(column, dtype=np.int64) for column in (lz4, filled, first, count))), where


def settings_of(kernel: str) -> dict[str, int]:
    """A preset's settings as numbers."""
    found = {}
    for key, value in PRESETS[kernel].items():
        setting = schema.setting_for(key)
        found[key] = setting.choices.index(value) if isinstance(value, str) else int(value)
    return found


def program(actions, design="legacy", kernel="6.18", *, frames=40, slots=(96, 64), settings=None, priorities=(-2, -2),
            devices=("nvme", "ssd"), seed=1, bad=(5, 6)) -> Program:  # fmt: skip
    """A program of some actions on a machine of ``frames`` pages."""
    facts, where = images()
    processes = tuple(
        Process(name, PAGES, (
            Region("heap", 0, 32, *where["text"]), Region("mixed", 32, 12, *where["mixed"]),
            Region("zeroes", 44, 3, *where["zero"]), Region("filled", 47, 3, *where["filled"]),
            Region("shared", 50, SHARED_PAGES, *where["text"], shared="ring"),
        ))
        for name in ("editor", "indexer")
    )  # fmt: skip
    chosen = {"machine.design": DESIGNS.index(design), "machine.frames": frames, "machine.reclaim": 1,
              "machine.zswap.enabled": 1, "machine.zswap.max_pool_pages": 6,
              **settings_of(kernel), "machine.stats_flush_ns": 0, **(settings or {})}  # fmt: skip
    # These runs last milliseconds: by statistics two seconds old no active list would ever be shortened.
    files = tuple(
        Swapfile(f"swap{number}", count, device, priority, bad if number == 0 else ())
        for number, (count, device, priority) in enumerate(zip(slots, devices, priorities, strict=False))
    )
    ops = np.array([word for action in actions for word in words_of(action)], dtype=np.int64)
    return Program(
        "a run of everything", processes, ops, facts, chosen, files, seed=seed, shmem=(("ring", SHARED_PAGES),)
    )


_RANGES = {
    "munmap": Op.MUNMAP, "pageout": Op.PAGEOUT, "cold": Op.COLD, "dontneed": Op.DONTNEED, "willneed": Op.WILLNEED,
    "mlock": Op.MLOCK, "munlock": Op.MUNLOCK,
}  # fmt: skip
TEXT = (1, len(_FAMILIES[0][1]))
"""First image of the family that a program which starts later is made from, and how many there are."""
_PLAIN = {"exit": Op.EXIT, "swapon": Op.SWAPON, "swapoff": Op.SWAPOFF}


def words_of(action) -> list[int]:
    """The operation words of one action."""
    kind, *rest = action
    if kind in ("read", "write"):
        process, page = rest
        return [encode(Op.WRITE if kind == "write" else Op.READ, process, page)]
    if kind == "sweep":
        process, first, pages, write = rest
        op = Op.WRITE if write else Op.READ
        return [encode(op, process, page) for page in range(first, first + pages)]
    if kind == "set":
        key, value = rest
        return [encode_setting(schema.setting_for(key).number, value)]
    if kind == "idle":
        return [encode(Op.IDLE, value=rest[0])]
    if kind == "fork":
        parent, child = rest
        return [encode(Op.FORK, parent, count=child)]
    if kind == "exec":
        process, pages, first, _ = rest
        return [encode(Op.EXEC, process, first, pages - 1)]
    if kind in _RANGES:
        process, first, pages = rest
        return [encode_range(_RANGES[kind], process, first, pages)]
    return [encode(_PLAIN[kind], rest[0])]


KNOBS = (
    ("machine.frames", (24, 32, 40, 56)), ("machine.zswap.max_pool_pages", (2, 4, 8, 16)),
    ("machine.zswap.enabled", (0, 1)), ("machine.zswap.writeback", (0, 1)), ("machine.page_cluster", (0, 1, 3)),
    ("machine.zswap.shrinker_enabled", (0, 1)), ("machine.readahead_zswap", (0, 1)), ("machine.zero_page", (0, 1)),
    ("machine.zswap.accept_threshold_percent", (50, 90)), ("machine.swapfile.0.slots", (24, 96)),
    ("machine.zswap.exclusive_loads", (0, 1)), ("machine.zswap.dropbehind", (0, 1)), ("machine.zero_map", (0, 1)),
    ("machine.zswap.shrink_rule", (0, 1, 2)), ("machine.readahead", (0, 1, 2)),
    ("machine.swap_desc.slab_stock", (1, 10)),
    ("machine.zswap.same_filled", (0, 1)), ("machine.zswap.incompressible", (0, 1)),
    ("machine.zswap.second_chance", (0, 1)),
)  # fmt: skip


def random_actions(seed: int, length: int, *, killing: bool = True) -> list[tuple]:
    """Actions drawn by chance, most of them references; forks only of and into what can be."""
    rng = np.random.default_rng(seed)
    alive, children, ended = [0, 1], list(CHILDREN), []
    actions: list[tuple] = []
    while len(actions) < length:
        draw = rng.random()
        process = int(rng.choice(alive))
        page = int(rng.integers(0, PAGES))
        pages = int(rng.integers(1, min(12, PAGES - page) + 1))
        if draw < 0.45:
            actions.append(("write" if rng.random() < 0.6 else "read", process, page))
        elif draw < 0.68:
            actions.append(("sweep", process, page, pages, bool(rng.random() < 0.5)))
        elif draw < 0.72 and children:
            child = children.pop(0)
            actions.append(("fork", process, child))
            alive.append(child)
        elif draw < 0.735 and killing and len(alive) > 1:
            alive.remove(process)
            ended.append(process)
            actions.append(("exit", process))
        elif draw < 0.745 and ended:
            alive.append(ended.pop())
            actions.append(("exec", alive[-1], PAGES, *TEXT))
        elif draw < 0.86:
            kinds = ("pageout", "cold", "dontneed", "willneed", "mlock", "munlock")
            actions.append((str(rng.choice(kinds)), process, page, pages if rng.random() < 0.8 else 1))
        elif draw < 0.87:
            # Only behind the last reference of a page that is gone the run would end.
            continue
        elif draw < 0.92:
            actions.append((str(rng.choice(("swapon", "swapoff"))), int(rng.integers(0, 2))))
        elif draw < 0.97:
            key, values = KNOBS[int(rng.integers(0, len(KNOBS)))]
            actions.append(("set", key, int(rng.choice(values))))
        else:
            actions.append(("idle", int(rng.choice((20_000, 200_000, 5_000_000)))))
    return actions


@st.composite
def action_lists(draw, *, most=60):
    """Lists of actions, shrinking to few and plain ones; nothing is asked of a region that is gone."""
    length = draw(st.integers(10, most))
    alive, children, gone, ended = [0, 1], list(CHILDREN), {}, []
    actions = []
    for _ in range(length):
        process = draw(st.sampled_from(alive))
        page = draw(st.integers(0, PAGES - 1))
        pages = draw(st.integers(1, min(16, PAGES - page)))
        kind = draw(st.sampled_from(
            ("sweep",) * 6 + ("write", "read", "fork", "exit", "munmap", "pageout", "cold", "dontneed", "willneed",
                              "mlock", "munlock", "swapon", "swapoff", "set", "idle", "exec")
        ))  # fmt: skip
        holes = gone.get(process, set())
        if kind in ("sweep", "write", "read"):
            if holes & set(range(page, page + pages)):
                continue
            write = draw(st.booleans())
            actions.append(("sweep", process, page, pages, write) if kind == "sweep" else (kind, process, page))
        elif kind == "fork":
            if children:
                child = children.pop(0)
                actions.append(("fork", process, child))
                alive.append(child)
                gone[child] = set(holes)
        elif kind == "exit":
            if len(alive) > 1:
                alive.remove(process)
                ended.append(process)
                actions.append(("exit", process))
        elif kind == "exec":
            # One that runs is told to start as well: it goes on.
            started = ended.pop() if ended else process
            if started not in alive:
                alive.append(started)
                gone[started] = set()
            actions.append(("exec", started, PAGES, *TEXT))
        elif kind in ("swapon", "swapoff"):
            actions.append((kind, draw(st.integers(0, 1))))
        elif kind == "set":
            key, values = draw(st.sampled_from(KNOBS))
            actions.append(("set", key, draw(st.sampled_from(values))))
        elif kind == "idle":
            actions.append(("idle", draw(st.sampled_from((20_000, 200_000, 5_000_000)))))
        else:
            if kind == "munmap":
                gone[process] = holes | set(range(page, page + pages))
            actions.append((kind, process, page, pages))
    return actions

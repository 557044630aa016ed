"""Every invariant fires when a word of a live image is spoilt, and holds at every transition of runs of all kinds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from engine.invariants import INVARIANTS, NAMES, broken, summary
from engine.machine import Machine
from engine.mm import image as im
from engine.mm.pageflags import PG_SHMEM
from engine.mm.schema import BYTE_MASK, TABLE_SHIFT
from engine.mm.swapops import PTE_RW
from engine.timeline import Timeline
from tests.engine.programs import DESIGNS, KERNELS, action_lists, program, random_actions

EVERYTHING = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=6)
SOAK = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=1000)


def holds_throughout(run, compiled=False):
    """Go through a run transition by transition; every image must be in order."""
    timeline = Timeline(run, compiled)
    operations = [transition.operation for transition in timeline.records(1, 1 << 60)]
    assert not broken(timeline.view, run, settled=True)
    while timeline.step():
        done = timeline.cursor
        settled = done == len(operations) or operations[done] != operations[done - 1]
        found = broken(timeline.view, run, settled=settled)
        assert not found, f"at transition {done}: {timeline.sentence()} {'; '.join(map(str, found))}"
    assert timeline.cursor == len(operations)
    return timeline


# -- each fires --------------------------------------------------------------------------------------

BUSY = [
    ("set", "machine.zero_page", 1), ("read", 0, 3), ("set", "machine.zero_page", 0),
    ("sweep", 0, 0, 60, True), ("sweep", 1, 0, 60, True), ("fork", 0, 2), ("sweep", 2, 20, 30, True),
    ("mlock", 1, 5, 3), ("sweep", 0, 0, 40, False), ("sweep", 1, 30, 28, False), ("sweep", 0, 44, 12, True),
    ("pageout", 1, 0, 30), ("sweep", 2, 40, 8, False), ("sweep", 1, 0, 20, False), ("dontneed", 0, 28, 6),
    ("sweep", 0, 10, 10, True), ("pageout", 0, 44, 6), ("set", "machine.zswap.max_pool_pages", 40),
    ("sweep", 2, 0, 14, True), ("pageout", 2, 0, 14), ("fork", 1, 3), ("set", "machine.zswap.enabled", 0),
    ("dontneed", 0, 44, 6), ("sweep", 0, 0, 6, True), ("pageout", 0, 0, 6),
]  # fmt: skip


def busy(design, more=()):
    """A machine in the middle of things: pages everywhere, writes under way, free rows in every table."""
    run = program([*BUSY, *more], design, frames=56, settings={"machine.zswap.max_pool_pages": 12})
    machine = Machine(run, False, journal_words=64, records=8)
    machine.run()
    assert machine.outcome == "finished"
    assert not broken(machine.view, machine.program, settled=True)
    return machine


def spoil(machine, code, row, value=None, change=None):
    """Overwrite the word of a column, or add to it."""
    table = im.schema.tables[code >> TABLE_SHIFT]
    address = machine.layout.base[table.name] + row * table.width + (code & BYTE_MASK)
    machine.words[address] = value if change is None else machine.words[address] + change


def first(machine, code, test):
    """The first row behind row 0 whose word of a column is as wanted."""
    rows = np.flatnonzero(test(machine.view.column(code)[1:]))
    assert len(rows), "the machine has nothing of the kind to spoil"
    return int(rows[0]) + 1


def some(values):
    return values != 0


def a_mapped_row(machine):
    return int(np.flatnonzero(machine.view.pte[:, 0] & 1)[0])


def a_swapped_row(machine):
    words = machine.view.pte[:, 0]
    return int(np.flatnonzero((words != 0) & (words & 1 == 0))[0])


def free_a_mapped_frame(machine):
    spoil(machine, im.PAGE_FLAGS, first(machine, im.PAGE_MAPCOUNT, some), 0)


def forget_a_name(machine):
    row = a_swapped_row(machine)
    spoil(machine, im.PTE, row, -1 << 20)


def overlap_regions(machine):
    spoil(machine, im.VMA_PAGES, 1, change=1)


def shift_regions(machine):
    for number in range(1, machine.view.scalar(im.VMAS) + 1):
        spoil(machine, im.VMA_PGOFF, number, change=1)


def map_twice(machine):
    words = machine.view.pte[:, 0]
    row = a_mapped_row(machine)
    spoil(machine, im.PTE, int(np.flatnonzero(words[:60] & 1 == 0)[0]), int(words[row]))


def write_to_shared(machine):
    row = int(shared_anonymous(machine)[0])
    spoil(machine, im.PTE, row, machine.view.at(im.PTE, row) | PTE_RW)


def scalar(address, change=1):
    def do(machine):
        machine.words[address] += change

    return do


def column(code, where=None, change=1):
    """Add to a column, in the first row in which it (or the column ``where``) is not 0."""

    def do(machine):
        spoil(machine, code, first(machine, where or code, some), change=change)

    return do


def shared_anonymous(machine):
    """Rows of page-table entries that map an anonymous frame others map too."""
    words = machine.view.pte[:, 0]
    counts, flags = machine.view.column(im.PAGE_MAPCOUNT), machine.view.column(im.PAGE_FLAGS)
    frames = words >> 12 & (1 << 40) - 1
    present = np.flatnonzero(words & 1 & (frames < len(counts)))
    frames = frames[present]
    return present[(counts[frames] > 1) & (flags[frames] & PG_SHMEM == 0)]


def unmap_quietly(machine):
    row = first(machine, im.PAGE_MAPCOUNT, some)
    swap = machine.view.at(im.PAGE_SWAP, row)
    if swap:
        spoil(machine, im.PAGE_FLAGS, row, change=-32)
    spoil(machine, im.PAGE_MAPCOUNT, row, 0)


def lose_bytes(machine):
    words = machine.view.pte[:, 0]
    entry_row = a_swapped_row(machine)
    offset = ~(int(words[entry_row]) >> 9) & ((1 << 50) - 1)
    kind = int(words[entry_row]) >> 59 & 31
    if machine.view.scalar(im.DESIGN):
        spoil(machine, im.DESC_BACKEND, offset, 0)
        spoil(machine, im.DESC_CACHE, offset, 1)
    else:
        row = machine.view.at(im.SI_BASE, kind + 1) + offset
        for code in (im.SLOT_ENTRY, im.SLOT_CONTENT, im.SLOT_CACHE):
            spoil(machine, code, row, 0)


def change_clean_page(machine):
    """Other bytes in all frames that are clean and in the swapcache."""
    flags = machine.view.column(im.PAGE_FLAGS)
    for frame in np.flatnonzero((flags & 32 != 0) & (flags & 2 == 0)).tolist():
        spoil(machine, im.PAGE_CONTENT, frame, change=1)


def name_without_holder(machine):
    names = machine.view.scalar(im.DESC_TOP)
    if machine.view.scalar(im.DESIGN):
        counts = machine.view.column(im.DESC_COUNT)[: names + 1]
        caches = machine.view.column(im.DESC_CACHE)[: names + 1]
        row = int(np.flatnonzero((counts > 0) & (caches & 1 != 0))[0])
        spoil(machine, im.DESC_COUNT, row, 0)
    else:
        words = machine.view.column(im.SLOT_MAP)
        row = int(np.flatnonzero(words == 1)[0])
        spoil(machine, im.SLOT_MAP, row, 0x80)


def double_object(machine):
    row = first(machine, im.Z_HANDLE, some)
    handle = machine.view.at(im.Z_HANDLE, row)
    zspage = handle >> 12
    spoil(machine, im.OBJECT, machine.view.at(im.ZSPAGE_FIRST, zspage) + (handle & 4095) - 1, 1 << 20 | 1)


SPOILERS = [
    ("Page tables lead to memory or to swap", free_a_mapped_frame),
    ("Page tables lead to memory or to swap", forget_a_name),
    ("Only regions have pages", overlap_regions),
    ("Frames know who maps them", column(im.PAGE_MAPCOUNT)),
    ("Frames know who maps them", column(im.PAGE_INDEX, im.PAGE_MAPCOUNT)),
    ("Frames know who maps them", shift_regions),
    ("Frames know who maps them", map_twice),
    ("A shared page is read-only", write_to_shared),
    ("Processes count their pages", column(im.MM_RSS)),
    ("Processes count their pages", column(im.MM_SWAPENTS)),
    ("Every frame in use has a user", unmap_quietly),
    ("Reclaim's lists are whole", column(im.PAGE_NEXT, im.PAGE_PREV)),
    ("Reclaim's lists are whole", column(im.PAGE_PREV)),
    ("Reclaim's lists are whole", scalar(im.NR_INACTIVE)),
    ("Reclaim's lists are whole", scalar(im.NR_ACTIVE)),
    ("Reclaim's lists are whole", scalar(im.NR_UNEVICTABLE)),
    ("Reclaim's lists are whole", scalar(im.INACTIVE_TAIL)),
    ("Free frames are free", scalar(im.FREE_FRAME)),
    ("Memory adds up", scalar(im.FREE_PAGES)),
    ("Memory adds up", scalar(im.NR_RESIDENT, -1)),
    ("Pages in memory are counted", scalar(im.NR_ANON)),
    ("Pages in memory are counted", scalar(im.NR_SWAPCACHE)),
    ("Pages in memory are counted", scalar(im.NR_WRITEBACK)),
    ("Shmem objects know their pages", scalar(im.NR_SHMEM)),
    ("Shmem objects know their pages", scalar(im.NR_SWAPPED)),
    ("Shmem objects know their pages", lambda machine: spoil(machine, im.MAP_RESIDENT, 1, change=1)),
    ("No page is lost", lose_bytes),
    ("Swap entries count who holds them", name_without_holder),
    ("The swapcache leads both ways", column(im.PAGE_SWAP)),
    ("A clean page is the same as its copy", change_clean_page),
    ("Zero marks are counted", scalar(im.NR_ZEROMAP)),
    ("Large counts have their continuation", scalar(im.NR_CONTINUATIONS)),
    ("Descriptors are counted", scalar(im.NR_DESC)),
    ("Descriptors are counted", scalar(im.META_PAGES)),
    ("zswap entries and backends agree", column(im.Z_SWPENTRY)),
    ("zswap's list is whole", scalar(im.ZLRU_TAIL)),
    ("zswap's list is whole", scalar(im.NR_ZLRU)),
    ("zswap's list is whole", column(im.Z_PREV)),
    ("zswap entries are counted", scalar(im.NR_STORED)),
    ("zswap entries are counted", scalar(im.STORED_BYTES)),
    ("zswap entries are counted", scalar(im.NR_SAME_FILLED)),
    ("zswap entries are counted", scalar(im.NR_INCOMPRESSIBLE)),
    ("zswap entries are counted", scalar(im.ZSWAP_FREE)),
    ("Objects of the pool are where entries say", double_object),
    ("Objects of the pool are where entries say", column(im.ZSPAGE_INUSE)),
    ("zspages are in the list of their fullness", column(im.ZSPAGE_GROUP, im.ZSPAGE_INUSE)),
    ("zspages are in the list of their fullness", column(im.GROUP_LENGTH)),
    ("zspages are in the list of their fullness", column(im.GROUP_TAIL)),
    ("The pool counts its pages", scalar(im.POOL_PAGES)),
    ("The pool counts its pages", column(im.CLASS_ZSPAGES)),
    ("The pool counts its pages", column(im.CLASS_INUSE)),
    ("Slots in use are counted", scalar(im.SWAP_USED)),
    ("Slots in use are counted", scalar(im.SWAP_TOTAL)),
    ("Slots in use are counted", scalar(im.NR_CLUSTERS_USED)),
    ("Slots in use are counted", column(im.SI_INUSE)),
    ("Slots in use are counted", column(im.SI_BAD)),
    ("Slots in use are counted", lambda machine: spoil(machine, im.CLUSTER_COUNT, 0, change=1)),
    ("Clusters are on one list each", lambda machine: spoil(machine, im.CLUSTER_LIST, 0, change=1)),
    ("Clusters are on one list each", lambda machine: spoil(machine, im.SI_FULL_TAIL, 1, change=3)),
    ("Slots held by zswap are counted", scalar(im.SLOTS_WASTED)),
    ("Requests complete in order", scalar(im.BIO_TAIL)),
    ("Requests complete in order", scalar(im.BIO_FREE)),
    ("Counters are never negative", scalar(im.ALLOCSTALL, -(1 << 40))),
    ("Counters agree with each other", scalar(im.PGSCAN_ANON)),
    ("Counters agree with each other", scalar(im.TRANSITIONS)),
    ("Counters agree with each other", scalar(im.ZSWPWB, 1 << 40)),
    ("Counters agree with each other", scalar(im.PGFAULT, 2)),
    ("Tables have room", scalar(im.ZSPAGE_TOP, 1 << 40)),
]  # fmt: skip


@pytest.mark.parametrize("design", DESIGNS)
def test_a_spoilt_word_breaks_the_invariant_of_that_name(design):
    missed = []
    machine = busy(design)
    before = machine.words[: machine.layout.state_words].copy()
    for name, spoiler in SPOILERS:
        machine.words[: len(before)] = before
        spoiler(machine)
        found = {one.invariant for one in broken(machine.view, machine.program, settled=True)}
        if name not in found:
            missed.append((name, getattr(spoiler, "__name__", "?"), found))
    assert not missed


WITH_DESCRIPTORS = [
    ("Swap entries count who holds them", column(im.DESC_COUNT)),
    ("Slots and descriptors lead to each other", column(im.SLOT_ENTRY)),
    ("Slots with a page's bytes say which", lambda machine: _bare_slots(machine)),
]


def _bare_slots(machine):
    for row in np.flatnonzero(machine.view.column(im.SLOT_CONTENT)).tolist():
        spoil(machine, im.SLOT_CONTENT, row, 0)


@pytest.mark.parametrize("design", DESIGNS[1:])
@pytest.mark.parametrize(("name", "spoiler"), WITH_DESCRIPTORS)
def test_what_only_descriptors_have_breaks_too(design, name, spoiler):
    machine = busy(design)
    spoiler(machine)
    assert name in {one.invariant for one in broken(machine.view, settled=True)}


def test_a_free_name_of_which_something_is_left():
    machine = busy("swap_desc", [("exit", 1), ("exit", 3)])
    free = machine.view.scalar(im.DESC_FREE)
    assert free
    spoil(machine, im.DESC_CACHE, free, 3)
    assert [one.invariant for one in broken(machine.view)] == ["Swap entries given out are in use"]
    machine = busy("legacy")
    base = machine.view.at(im.SI_BASE, 1)
    used = machine.view.column(im.SLOT_MAP)[base : base + machine.view.at(im.SI_HIGHEST, 1)]
    free = int(np.flatnonzero(used[1:] == 0)[0]) + 1
    spoil(machine, im.SLOT_CACHE, base + free, 3)
    found = {one.invariant for one in broken(machine.view)}
    assert found == {"Swap entries given out are in use", "Slots and descriptors lead to each other"}


def test_more_descriptors_than_the_slab_has_room_for():
    machine = busy("swap_desc")
    machine.words[im.SLAB_AT_HAND] += 4096
    assert "do not fit" in str(broken(machine.view)[0])


def test_a_request_out_of_order():
    machine = busy("legacy")
    order = [one for one in (machine.view.scalar(im.BIO_HEAD),) if one]
    while machine.view.at(im.BIO_NEXT, order[-1]):
        order.append(machine.view.at(im.BIO_NEXT, order[-1]))
    assert len(order) > 1
    spoil(machine, im.BIO_DONE, order[0], machine.view.at(im.BIO_DONE, order[-1]) + 1)
    assert "completes later" in str(broken(machine.view)[0])


def test_a_cycle_in_a_list_ends_the_check_too():
    machine = busy("legacy")
    head = machine.view.scalar(im.INACTIVE)
    spoil(machine, im.PAGE_NEXT, machine.view.at(im.PAGE_NEXT, head), head)
    assert "Reclaim's lists are whole" in {one.invariant for one in broken(machine.view)}


def test_any_word_may_be_anything_without_the_check_failing():
    rng = np.random.default_rng(3)
    machine = busy("vswap")
    clean = machine.words[: machine.layout.state_words].copy()
    used = np.flatnonzero(clean)
    used = used[used >= 64]
    seen = set()
    for _ in range(150):
        address = int(rng.choice(used))
        if address in (im.DESIGN, im.ALLOCATOR):
            continue
        machine.words[address] = int(rng.choice((-1, 1 << 61, 7, 1 << 33)))
        seen |= {one.invariant for one in broken(machine.view, machine.program, settled=True)}
        machine.words[address] = clean[address]
    assert len(seen) > 12


def test_every_invariant_is_broken_by_some_spoilt_word():
    tried = {name for name, _ in SPOILERS} | {name for name, _ in WITH_DESCRIPTORS}
    assert set(NAMES) - tried == {"Swap entries given out are in use"}
    assert len(set(NAMES)) == len(INVARIANTS)
    assert all(invariant.meaning.endswith(".") for invariant in INVARIANTS)


def test_the_summary_says_it_in_a_line():
    machine = busy("legacy")
    assert summary(machine.view, machine.program) == (True, f"All {len(INVARIANTS)} invariants hold")
    machine.words[im.FREE_PAGES] += 1
    fine, text = summary(machine.view, machine.program)
    assert not fine
    assert text.startswith("Memory adds up: ")
    spoil(machine, im.MM_RSS, 1, change=2)
    fine, text = summary(machine.view, machine.program)
    assert not fine
    assert "editor counts" in text
    assert text.endswith("(2 invariants are broken)")


# -- all hold ----------------------------------------------------------------------------------------

ALLOCATORS = (0, 1, 2)


ROUND = [
    ("sweep", 0, 20, 34, True), ("sweep", 1, 28, 30, True), ("fork", 0, 2), ("mlock", 1, 5, 3),
    ("sweep", 2, 24, 12, True), ("sweep", 0, 44, 14, False),
    ("pageout", 1, 20, 14), ("sweep", 1, 30, 14, False), ("dontneed", 0, 28, 6),
    ("set", "machine.frames", 28), ("munmap", 0, 20, 10), ("sweep", 2, 20, 10, True), ("munlock", 1, 0, 9),
    ("willneed", 2, 40, 6), ("swapoff", 1), ("exit", 1), ("sweep", 0, 40, 14, True), ("idle", 200_000), ("swapon", 1),
    ("cold", 0, 40, 14), ("sweep", 2, 20, 30, False),
]  # fmt: skip
"""Every kind of operation once."""


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("design", DESIGNS)
def test_all_hold_at_every_transition_of_every_design_and_kernel(design, kernel):
    run = program(ROUND, design, kernel, settings={"machine.zswap.shrinker_enabled": int(kernel == "mm")})
    timeline = holds_throughout(run)
    assert timeline.outcome == "finished"
    assert timeline.view["pswpout"]
    assert timeline.view["zswpout"]
    assert timeline.view["zswpwb"]


MACHINES = st.fixed_dictionaries({
    "machine.reclaim": st.sampled_from((1, 0)),
    "machine.charge_pool": st.sampled_from((1, 0)),
    "machine.charge_metadata": st.sampled_from((1, 0)),
    "machine.swap_desc.reverse_map": st.sampled_from((0, 1, 2)),
})  # fmt: skip


def _any_run(data, most):
    design, kernel = data.draw(st.sampled_from(DESIGNS)), data.draw(st.sampled_from(KERNELS))
    chosen = dict(data.draw(MACHINES))
    if kernel == "6.2":
        chosen["machine.zswap.allocator"] = data.draw(st.sampled_from(ALLOCATORS))
    frames = data.draw(st.sampled_from((40, 28, 64)))
    slots = data.draw(st.sampled_from(((96, 64), (200,), (20, 10))))
    devices = data.draw(st.sampled_from((("nvme", "ssd"), ("hdd", "nvme"))))
    priorities = data.draw(st.sampled_from(((-2, -2), (-3, 5))))
    actions = data.draw(action_lists(most=most))
    return program(
        actions, design, kernel, frames=frames, slots=slots, settings=chosen, devices=devices, priorities=priorities
    )


@EVERYTHING
@given(st.data())
def test_all_hold_at_every_transition_of_any_run(data):
    holds_throughout(_any_run(data, 25))


@pytest.mark.soak
@SOAK
@given(st.data())
def test_all_hold_at_every_transition_of_any_run_for_long(data):
    holds_throughout(_any_run(data, 120))


@pytest.mark.parametrize("seed", range(3))
def test_all_hold_in_a_run_drawn_by_chance(seed):
    holds_throughout(program(random_actions(seed, 20), DESIGNS[seed], KERNELS[-seed]))


def test_all_hold_while_an_object_takes_a_page_back_that_could_be_written_nowhere():
    actions = [("set", "machine.zswap.enabled", 0), ("sweep", 0, 50, 6, True), ("pageout", 0, 50, 6)]
    timeline = holds_throughout(program(actions, "swap_desc", slots=(2,), bad=()))
    told = {transition.kind.name for transition in timeline.records(1, timeline.length)}
    assert {"not written", "swap entry freed"} <= told


def test_all_hold_when_somebody_is_killed_for_memory():
    """No slot is left and a process has locked its pages: somebody must go."""
    actions = [("sweep", 0, 0, 30, True), ("sweep", 1, 0, 12, True), ("mlock", 0, 0, 30), ("sweep", 1, 12, 30, True),
               ("sweep", 1, 0, 42, False)]  # fmt: skip
    timeline = holds_throughout(program(actions, "legacy", frames=32, slots=(8,), bad=()))
    assert timeline.view["oom_kill"] > 0


@settings(EVERYTHING, max_examples=2)
@given(st.integers(0, 1 << 30), st.sampled_from((15, 16, 62, 63, 64)))
@example(1, 64)
def test_counts_past_their_field_come_back_down(seed, holders):
    """So many children share pages that are out that counts need a continuation, and then none."""
    rng = np.random.default_rng(seed)
    children = list(range(2, holders + 1))
    actions = [("sweep", 0, 0, 12, True), ("pageout", 0, 0, 12)]
    actions += [("fork", 0, child) for child in children]
    gone = rng.permutation(children).tolist()
    actions += [("exit", child) for child in gone[: len(gone) // 2]]
    actions += [("sweep", 0, 0, 12, True)]
    actions += [("exit", child) for child in gone[len(gone) // 2 :]]
    for design in DESIGNS[::2]:
        machine = Machine(program(actions, design, slots=(200,)), False)
        most = 0
        while not machine.finished:
            machine.run(machine.position + 1)
            assert not broken(machine.view, machine.program, settled=True)
            most = max(most, machine.view["count_continuations"])
        assert (most > 0) == (holders > (62 if design == "legacy" else 14))
        assert machine.view["count_continuations"] == 0

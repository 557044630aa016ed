"""The engine beside an independent model in plain Python: the same pages in the same places after every operation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.machine import Machine
from engine.mm import image as im
from engine.mm.choice import first_image
from engine.mm.image import schema
from engine.operation import Op, encode, encode_range, encode_setting
from engine.program import Process, Program, Region, Swapfile
from engine.reading import entries_of, frames_of, inactive_list, seam, words_of, zswap_lru
from tests.engine.programs import DESIGNS, KERNELS, images, settings_of
from tests.engine.reference_model import Entry, Frame, Model, Rules

REGIONS = (("text", 0, 24), ("mixed", 24, 20), ("zero", 44, 4), ("filled", 48, 4), ("text", 52, 8))
PAGES = 60
SLOTS = 140
POLICIES = ("fifo", "lru", "clock")
COUNTERS = (
    "pgfault", "pgmajfault", "pswpin", "pswpout", "swap_ra", "swap_ra_hit", "swpin_zero", "swpout_zero", "zswpin",
    "zswpout", "zswpwb", "pool_limit_hit", "reject_compress_poor", "reject_reclaim_fail", "duplicate_entry",
    "swapcache_clean_drops", "pgsteal_anon",
)  # fmt: skip
TIMELESS = {
    f"machine.time.{name}_ns": 0
    for name in ("fault", "compress", "decompress", "scan", "submit", "lookup", "worker_wake", "worker_step")
} | {"machine.time.hit_ns": 50_000_000}
"""Nothing takes time but the program itself, and that so much that all devices are idle again."""


class Pair:
    """The engine and the model on the same operations."""

    def __init__(self, design, kernel, policy, vma_readahead, frames, pool):
        facts, self.where = images()
        wanted = settings_of(kernel)
        chosen = wanted | TIMELESS | {
            "machine.design": DESIGNS.index(design), "machine.frames": frames, "machine.reclaim": 1,
            "machine.policy": ("linux", "fifo", "lru", "clock").index(policy), "machine.zswap.enabled": 1,
            "machine.zswap.max_pool_pages": pool, "machine.charge_pool": 0, "machine.charge_metadata": 0,
            "machine.readahead": 2 if vma_readahead else 1,
        }  # fmt: skip
        processes = tuple(
            Process(name, PAGES, tuple(
                Region(f"{family}{first}", first, pages, *self.where[family]) for family, first, pages in REGIONS
            )) for name in ("editor", "indexer")
        )  # fmt: skip
        files = (Swapfile("swap0", SLOTS),)
        program = Program("beside a model", processes, np.zeros(0, np.int64), facts, chosen, files)
        self.machine = Machine(program, False, journal_words=8, records=8)
        self.view = self.machine.view
        choices = schema.setting_for("machine.zswap.shrink_rule").choices
        rules = Rules(
            design, frames, SLOTS, policy, pool, wanted["machine.zswap.allocator"] == 1,
            wanted["machine.zswap.chain_size"], bool(wanted["machine.zswap.same_filled"]),
            bool(wanted["machine.zero_map"]),
            wanted["machine.zswap.incompressible"] == 1, bool(wanted["machine.zswap.exclusive_loads"]),
            bool(wanted["machine.zswap.second_chance"]),
            choices[wanted["machine.zswap.shrink_rule"]],
            bool(wanted["machine.zswap.kick_always"]), bool(wanted["machine.zswap.dropbehind"]),
            vma_readahead,
        )  # fmt: skip
        following = {}
        for number in range(1, len(facts.lz4)):
            first, count = int(facts.first[number]), int(facts.count[number])
            following[number] = first + (number - first + 1) % count
        lz4, filled = dict(enumerate(facts.lz4.tolist())), dict(enumerate(facts.filled.tolist()))
        self.model = Model(rules, lz4, filled, following)

    def touch(self, process, page, write):
        family, first, pages = next(region for region in REGIONS if region[1] <= page < region[1] + region[2])
        self.operate(encode(Op.WRITE if write else Op.READ, process, page))
        image = first_image(*self.where[family], page, 1)
        self.model.touch((process, page), write, (first, pages), image)

    def dontneed(self, process, first, pages):
        self.operate(encode_range(Op.DONTNEED, process, first, pages))
        for page in range(first, first + pages):
            self.model.dontneed((process, page))
        self.model.end()

    def set(self, key, value):
        setting = schema.setting_for(f"machine.{key}")
        self.operate(encode_setting(setting.number, value))
        rule = {"zswap.enabled": "zswap", "zswap.max_pool_pages": "max_pool_pages", "page_cluster": "page_cluster"}
        rules = self.model.rules
        setattr(rules, rule[key], type(getattr(rules, rule[key]))(value))
        self.model.end()

    def operate(self, word):
        self.machine.use_operations(np.append(self.machine.ops, word))
        self.machine.run()
        assert self.machine.view.scalar(im.OUTCOME) == 0

    # -- the two side by side ----------------------------------------------------------------------

    def compare(self):
        view, model = self.view, self.model
        assert {name: view[name] for name in COUNTERS} == {name: model.count[name] for name in COUNTERS}
        pages = {(process, page): self.place_in_engine(process, page) for process in (0, 1) for page in range(PAGES)}
        assert pages == {page: self.place_in_model(page) for page in pages}
        gauges = {
            "resident_pages": model.frames,
            "nr_inactive_anon": len(model.lru),
            "nr_writeback": len(model.under_way),
            "zswap_pool_pages": model.pool_pages,
            "zswap_stored_pages": len(model.stored),
            "zswap_stored_bytes": sum(entry.length for entry in model.stored),
            "same_filled_pages": sum(entry.length == 0 for entry in model.stored),
            "swap_used_pages": len(model.slots),
            "slots_held_by_zswap": sum(
                entry.where in ("zswap", "zero") for entry in model.slots.values() if model.rules.design == "legacy"
            ),
            "zswap_pool_reached_full": int(model.reached_full),
        }
        assert {name: view[name] for name in gauges} == gauges
        self.compare_orders()

    def compare_orders(self):
        owners, holders = {}, {}
        for process in (0, 1):
            words = words_of(self.view, process + 1)
            frames, entries = frames_of(words).tolist(), entries_of(words).tolist()
            for page, (frame, entry) in enumerate(zip(frames, entries, strict=True)):
                if frame:
                    owners[frame] = (process, page)
                    entry = self.view.at(im.PAGE_SWAP, frame)
                if entry:
                    holders[entry] = (process, page)
        swap = self.view.column(im.PAGE_SWAP)
        oldest_first = inactive_list(self.view)[::-1].tolist()
        order = [owners.get(frame) or holders.get(int(swap[frame])) for frame in oldest_first]
        of_entry = {id(at if isinstance(at, Entry) else at.entry): page for page, at in self.model.tables.items()}
        assert order == [frame.owner or of_entry.get(id(frame.entry)) for frame in self.model.lru]
        cold = [holders.get(self.view.at(im.Z_SWPENTRY, entry)) for entry in zswap_lru(self.view).tolist()]
        assert cold == [of_entry.get(id(entry)) for entry in self.model.cold]
        together: dict[int, list] = {}
        for entry in zswap_lru(self.view).tolist():
            zspage = self.view.at(im.Z_HANDLE, entry) >> 12
            together.setdefault(zspage, []).append(holders.get(self.view.at(im.Z_SWPENTRY, entry)))
        modelled = [[of_entry.get(id(one)) for one in zspage.objects if one] for zspage in self.model.zspages]
        assert in_order(together.values()) == in_order(modelled)

    def place_in_engine(self, process, page):
        word = words_of(self.view, process + 1)[page : page + 1]
        frame, entry = int(frames_of(word)[0]), int(entries_of(word)[0])
        image, swap = 0, entry
        if frame:
            image, swap = self.view.at(im.PAGE_CONTENT, frame), self.view.at(im.PAGE_SWAP, frame)
        if not swap:
            return ("memory", image) if frame else ("never",)
        one = np.array([swap], dtype=np.int64)
        found = seam(self.view)
        tags, values = found.backend_of(self.view, one)
        tag = ("none", "zswap", "disk", "zero")[int(tags[0])]
        slot = 0
        if not found.has_descriptors:
            slot = swap
        elif tag == "disk":
            slot = int(values[0])
        cached = bool(found.cache_of(self.view, one)[0])
        return ("memory" if frame else "out", image, tag, slot, cached, int(found.count_of(self.view, one)[0]))

    def place_in_model(self, page):
        at = self.model.tables.get(page)
        if at is None:
            return ("never",)
        image, entry = (at.image, at.entry) if isinstance(at, Frame) else (0, at)
        if entry is None:
            return ("memory", image)
        state = "memory" if isinstance(at, Frame) else "out"
        return (state, image, entry.where, entry.slot, entry.frame is not None, int(entry.held))


def in_order(groups):
    return sorted(sorted(map(str, group)) for group in groups)


STEPS = st.one_of(
    st.tuples(st.just("sweep"), st.integers(0, 1), st.integers(0, PAGES - 1), st.integers(1, 30), st.booleans()),
    st.tuples(st.just("touch"), st.integers(0, 1), st.integers(0, PAGES - 1), st.booleans()),
    st.tuples(st.just("dontneed"), st.integers(0, 1), st.integers(0, PAGES - 1), st.integers(1, 12)),
    st.tuples(st.just("set"), st.just("zswap.max_pool_pages"), st.sampled_from((1, 3, 6, 12, 30))),
    st.tuples(st.just("set"), st.just("page_cluster"), st.sampled_from((0, 1, 3, 4))),
    st.tuples(st.just("set"), st.just("zswap.enabled"), st.sampled_from((0, 1, 1))),
)
MACHINES = st.tuples(
    st.sampled_from(DESIGNS), st.sampled_from(KERNELS), st.sampled_from(POLICIES), st.booleans(),
    st.sampled_from((24, 30, 44)), st.sampled_from((3, 6, 14)),
)  # fmt: skip


def run_beside(machine, steps):
    pair = Pair(*machine)
    for kind, *rest in steps:
        if kind == "sweep":
            process, first, pages, write = rest
            for page in range(first, min(first + pages, PAGES)):
                pair.touch(process, page, write)
                pair.compare()
        elif kind == "touch":
            pair.touch(*rest)
        elif kind == "dontneed":
            process, first, pages = rest
            pair.dontneed(process, first, min(pages, PAGES - first))
        else:
            pair.set(*rest)
        pair.compare()
    return pair


QUICK = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=25)


@QUICK
@given(MACHINES, st.lists(STEPS, min_size=1, max_size=12))
def test_engine_and_model_are_the_same_after_every_operation(machine, steps):
    run_beside(machine, steps)


@pytest.mark.soak
@settings(QUICK, max_examples=3000)
@given(MACHINES, st.lists(STEPS, min_size=5, max_size=60))
def test_engine_and_model_are_the_same_for_long(machine, steps):
    run_beside(machine, steps)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("design", DESIGNS)
def test_engine_and_model_are_the_same_in_a_run_of_everything(design, kernel, policy):
    """A fixed run that stores, loads, rejects, writes back, reads ahead and frees in every combination."""
    rng = np.random.default_rng(DESIGNS.index(design) * 9 + KERNELS.index(kernel) * 3 + POLICIES.index(policy))
    pair = Pair(design, kernel, policy, vma_readahead=bool(rng.random() < 0.5), frames=40, pool=8)
    for step in range(260):
        process = int(rng.integers(0, 2))
        page = int(rng.beta(0.7, 1.2) * PAGES)
        if step % 40 == 39:
            pair.dontneed(process, page, min(6, PAGES - page))
        else:
            pair.touch(process, page if step % 3 else step * 7 % PAGES, bool(rng.random() < 0.6))
        if step % 4 == 0:
            pair.compare()
    pair.compare()
    for name in ("zswpin", "zswpout", "zswpwb", "pswpin", "pool_limit_hit"):
        assert pair.model.count[name], name

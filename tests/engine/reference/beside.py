"""The engine and the reference machine on the same operations, and all there is to see of both compared."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.machine import Machine
from engine.mm import image as im
from engine.mm.backend import backend_slot
from engine.mm.choice import first_image
from engine.mm.design.hooks import backend, cache_word, entry_count
from engine.mm.image import schema
from engine.mm.layout import ROOM
from engine.mm.pageflags import NAMES
from engine.operation import Op
from engine.program import Program
from tests.engine.programs import DESIGNS, words_of
from tests.engine.reference.machine import Facts, Reference
from tests.engine.reference.state import Device, Entry, Frame, Mapping, Process, Region

COUNTERS = (
    "pgfault", "pgmajfault", "pswpin", "pswpout", "swap_ra", "swap_ra_hit", "swpin_zero", "swpout_zero", "zswpin",
    "zswpout", "zswpwb", "pgscan_kswapd", "pgscan_direct", "pgsteal_kswapd", "pgsteal_direct", "pgscan_anon",
    "pgsteal_anon", "allocstall", "pgactivate", "pgdeactivate", "pgrefill", "workingset_refault_anon",
    "workingset_activate_anon", "workingset_restore_anon", "nr_vmscan_write", "oom_kill", "swapcache_clean_drops",
    "pool_limit_hit", "reject_reclaim_fail", "reject_alloc_fail", "reject_compress_fail", "reject_compress_poor",
    "written_back_pages", "duplicate_entry", "swap_alloc_fail", "descriptor_alloc_fail", "descriptor_from_reserve",
    "swapoff_ptes", "swapoff_descriptors", "swapoff_slots",
)  # fmt: skip
WHERE = ("none", "zswap", "disk", "zero")
FLAGS = {name: value for value, name in NAMES.items()}
LISTS = ("", "free", "nonfull", "frag", "full")


class Beside:
    """One program, twice."""

    def __init__(self, run: Program, compiled: bool = False) -> None:
        self.machine = Machine(run, compiled, journal_words=8, records=8)
        self.view = self.machine.view
        self.m = memoryview(self.machine.words.data)
        self.reference = reference_of(run, self.machine)
        self.done: list[tuple] = []

    def begin_empty(self) -> None:
        """Forget the program's operations, which only made room: each action brings its own."""
        self.machine.use_operations(self.machine.ops[:0])

    def act(self, action: tuple) -> None:
        """An action on both, the program's next where it has one, compared after each of its operations."""
        for single in one_by_one(action):
            if self.reference.outcome:
                return
            if self.machine.finished:
                self.machine.use_operations(np.append(self.machine.ops, words_of(single)))
            self.machine.run(self.machine.position + 1)
            self.reference.operate(*as_the_reference_says(single))
            self.done.append(single)
            self.compare()

    # -- the two side by side --------------------------------------------------------------------------

    def compare(self) -> None:
        where = f"after {len(self.done)} operations, the last {self.done[-1:]}"
        for name, mine, other in self.sides():
            assert mine == other, f"{name} {where}:\n{difference(mine, other)}"

    def sides(self) -> list[tuple[str, Any, Any]]:
        view, model = self.view, self.reference
        outcome = {0: "", 1: "oom", 2: "segfault"}[view.scalar(im.OUTCOME)]
        found: list[tuple[str, Any, Any]] = [("outcome", outcome, model.outcome)]
        if outcome:
            return found
        counted = {name: view[name] for name in COUNTERS}
        found.append(("counters", counted, {name: model.count[name] for name in COUNTERS}))
        gauges = self.gauges()
        found.append(("gauges", {name: view[name] for name in gauges}, gauges))
        for process in model.processes:
            mine = [self.place(process.number, page) for page in range(process.pages)]
            found.append((f"process {process.number}", mine, [model.place(process, n) for n in range(process.pages)]))
        for number, mapping in enumerate(model.objects):
            mine = [self.shmem_place(number, index) for index in range(mapping.pages)]
            found.append((f"object {number}", mine, [self.place_in_cache(mapping, n) for n in range(mapping.pages)]))
        names = {frame.number: frame for frame in model.frames_used.values()}
        for name, head, mine in (("inactive", im.INACTIVE, model.inactive), ("active", im.ACTIVE, model.active)):
            order = self.walk(head, im.PAGE_NEXT)[::-1]
            found.append((name, order, [frame.number for frame in mine]))
        cold = [self.view.at(im.Z_CONTENT, row) for row in self.walk(im.ZLRU, im.Z_NEXT)]
        found.append(("zswap's list", cold, [one.image for one in model.cold]))
        used = sorted(np.flatnonzero(view.column(im.PAGE_FLAGS)).tolist())
        found.append(("frames in use", used, sorted(names)))
        bios = [
            (view.at(im.BIO_FRAME, bio), view.at(im.BIO_SLOT, bio), view.at(im.BIO_DONE, bio))
            for bio in self.walk(im.BIO_HEAD, im.BIO_NEXT)
        ]
        requests = [(one.frame.number, one.device.number << 58 | one.slot, one.done) for one in model.under_way]
        found.append(("requests", bios, requests))
        for device in model.devices:
            found.append((f"clusters of {device.number}", self.clusters(device), cluster_facts(device)))
        return found

    def gauges(self) -> dict[str, int]:
        model = self.reference
        legacy = model.design == "legacy"
        frames = model.frames_used.values()
        owned = [entry for device in model.devices for entry in device.owners.values()]
        held = sum(process.swapped for process in model.processes)
        objects = [at for mapping in model.objects for at in mapping.cache.values()]
        held += sum(isinstance(at, Entry) for at in objects)
        return {
            "nr_free_pages": model.free,
            "nr_inactive_anon": len(model.inactive),
            "nr_active_anon": len(model.active),
            "nr_unevictable": sum(frame.unevictable and frame.listed for frame in frames),
            "nr_anon_pages": sum(frame.mapped > 0 for frame in frames),
            "nr_shmem": sum(isinstance(at, Frame) for at in objects),
            "resident_pages": len(frames),
            "swapcached_pages": sum(frame.cached for frame in frames),
            "nr_writeback": len(model.under_way),
            "zswap_stored_pages": len(model.stored),
            "zswap_stored_bytes": sum(one.length for one in model.stored),
            "zswap_pool_pages": model.pool_pages,
            "same_filled_pages": sum(one.length == 0 for one in model.stored),
            "stored_incompressible_pages": sum(one.length == 4096 for one in model.stored),
            "zswap_lru_length": len(model.cold),
            "swap_used_pages": model.swap_used,
            "swap_total_pages": model.swap_total,
            "slots_held_by_zswap": sum(entry.where in ("zswap", "zero") for entry in owned) if legacy else 0,
            "swapped_pages": held,
            "descriptors": len(model.by_number) + sum(len(used) for used in model.virtual.values()),
            "descriptor_slab_pages": model.slab_pages,
            "virtual_clusters": len(model.virtual),
            "now": model.now,
            "kswapd_awake": ("asleep", "works", "dozes").index(model.kswapd),
            "kswapd_failures": model.kswapd_in_vain,
            "pgdat_writeback": int(model.only_writing),
            "worker_due": model.worker_due,
            "worker_failures": model.worker_failures,
            "nonresident_age": model.age,
            "anon_cost": model.cost,
            "nr_disk_swapins": model.disk_swapins,
            "shrinker_deferred": model.put_off,
            "swapin_readahead_hits": model.hits,
            "prev_offset": model.last_offset,
            "last_readahead_pages": model.last_window,
            "zswap_pool_reached_full": int(model.reached_full),
        }

    def walk(self, head: int, column: int) -> list[int]:
        order, at = [], self.view.scalar(head)
        while at:
            order.append(at)
            at = self.view.at(column, at)
        return order

    def place(self, process: int, page: int) -> tuple:
        """A page-table entry read as the x86-64 manual and linux/swapops.h have it."""
        word = self.view.at(im.PTE, self.view.at(im.MM_PTE, process + 1) + page)
        if not word:
            return ("nothing",)
        if not word & 1:
            entry = (word >> 59 & 31) << 58 | ~(word >> 9) & ((1 << 50) - 1)
            return ("out", bool(word & 8), *self.whereabouts(entry))
        frame = word >> 12 & ((1 << 40) - 1)
        if frame == (1 << 40) - 1:
            return ("zero page",)
        return self.frame_place(frame, bool(word & 2), bool(word & 0x20), bool(word & 0x40))

    def frame_place(self, frame: int, *bits: bool) -> tuple:
        view = self.view
        flags, entry = view.at(im.PAGE_FLAGS, frame), view.at(im.PAGE_SWAP, frame)
        wanted = ("PG_active", "PG_unevictable", "PG_referenced", "PG_workingset", "PG_writeback", "PG_readahead",
                  "PG_anon_exclusive")  # fmt: skip
        told = (*bits, *(bool(flags & FLAGS[name]) for name in wanted))
        cached = self.whereabouts(entry) if flags & FLAGS["PG_swapcache"] else None
        return ("in", view.at(im.PAGE_CONTENT, frame), view.at(im.PAGE_MAPCOUNT, frame), told, cached)

    def whereabouts(self, entry: int) -> tuple:
        word, cache = backend(self.m, entry), cache_word(self.m, entry)
        where = WHERE[word & 7]
        slot = entry if self.reference.design == "legacy" else backend_slot(word) if where == "disk" else None
        at = None if slot is None else (slot >> 58, slot & (1 << 58) - 1)
        shadow = (cache >> 2, bool(cache & 2)) if cache & 1 else None
        return (where, at, entry_count(self.m, entry), bool(cache) and not cache & 1, shadow)

    def shmem_place(self, number: int, index: int) -> tuple:
        word = self.view.at(im.SHMEM, self.view.at(im.MAP_CACHE, number + 1) + index)
        if not word:
            return ("nothing",)
        return ("out", *self.whereabouts(word >> 1)) if word & 1 else ("in", self.view.at(im.PAGE_CONTENT, word >> 1))

    def place_in_cache(self, mapping: Mapping, index: int) -> tuple:
        at = mapping.cache.get(index)
        if at is None:
            return ("nothing",)
        return ("out", *Reference.whereabouts(at)) if isinstance(at, Entry) else ("in", at.image)

    def clusters(self, device: Device) -> tuple:
        view, row = self.view, self.view.at(im.SI_CLUSTER, device.number + 1)
        on = [LISTS[view.at(im.CLUSTER_LIST, row + cluster.number)] for cluster in device.clusters]
        used = [view.at(im.CLUSTER_COUNT, row + cluster.number) for cluster in device.clusters]
        return on, used, view.at(im.SI_NEXT, device.number + 1)


def difference(mine: Any, other: Any) -> str:
    """Only what differs of two dictionaries or lists."""
    if isinstance(mine, dict):
        differing = [key for key in mine if mine[key] != other[key]]
        return "\n".join(f"{key}: engine {mine[key]}, reference {other[key]}" for key in differing)
    if isinstance(mine, list) and len(mine) == len(other):
        pairs = enumerate(zip(mine, other, strict=True))
        return "\n".join(f"{at}: engine {one}, reference {two}" for at, (one, two) in pairs if one != two)
    return f"engine {mine}\nreference {other}"


def cluster_facts(device: Device) -> tuple:
    return [cluster.on for cluster in device.clusters], [len(cluster.used) for cluster in device.clusters], device.next


def one_by_one(action: tuple) -> list[tuple]:
    """A sweep as its references; everything else is one operation."""
    if action[0] != "sweep":
        return [action]
    _, process, first, pages, write = action
    return [("write" if write else "read", process, page) for page in range(first, first + pages)]


def as_the_reference_says(action: tuple) -> tuple:
    if action[0] != "set":
        return action
    _, key, value = action
    setting = schema.setting_for(key)
    return ("set", key.removeprefix("machine."), named(setting, value))


def named(setting: Any, value: int) -> Any:
    return setting.choices[value] if setting.choices else value


def reference_of(run: Program, machine: Machine) -> Reference:
    """The reference machine of a program."""
    view = machine.view
    settings = {
        setting.key.removeprefix("machine."): named(setting, view.scalar(setting.address))
        for setting in schema.settings
    }
    settings["seed"] = run.seed
    files = [
        Device(number, one.slots, one.slots * ROOM, one.priority, one.device, frozenset(one.bad), one.active)
        for number, one in enumerate(run.swapfiles)
    ]
    objects = {name: Mapping(pages, shmem=True) for name, pages in run.shmem}
    processes = []
    for number, one in enumerate(run.processes):
        process = Process(number, one.pages, "runs" if one.regions else "none")
        for part in one.regions:
            mapping = objects[part.shared] if part.shared else Mapping(part.pages)
            images = (part.image, part.images)
            region = Region(process, part.first, part.pages, mapping, part.offset, images, part.locked)
            process.regions.append(region)
            mapping.regions.insert(0, region)
        processes.append(process)
    rooms = range(len(processes), view.scalar(im.PROCESSES))
    processes += [Process(number, view.at(im.MM_PAGES, number + 1)) for number in rooms]
    facts = run.images
    numbers = range(1, len(facts.lz4))
    following = {}
    for number in numbers:
        first, count = int(facts.first[number]), int(facts.count[number])
        following[number] = first + (number - first + 1) % count
    given = Facts(
        dict(enumerate(facts.lz4.tolist())), dict(enumerate(facts.filled.tolist())), following,
        lambda first, count, page: first_image(first, count, page, run.seed),
    )  # fmt: skip
    design = DESIGNS[int(view.scalar(im.DESIGN))]
    return Reference(design, settings, given, files, list(objects.values()), processes, uses_of(run))


def uses_of(run: Program) -> list[tuple]:
    return [(int(word) & 31 in (Op.READ, Op.WRITE), int(word) >> 5 & 127, int(word) >> 32) for word in run.ops]


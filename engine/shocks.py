"""Ready-made shocks: something sudden that may come over a run at any moment, as the steps it is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.mm import image as im
from engine.mm.block import (
    HDD,
    HDD_SEEK_NS,
    HDD_TRANSFER_NS,
    NVME_INTERVAL_NS,
    NVME_LATENCY_NS,
    SSD,
    SSD_INTERVAL_NS,
    SSD_LATENCY_NS,
)
from engine.mm.view import View
from engine.operation import MAX_VALUE
from engine.program import Process, Program, Spare
from engine.step import MOST_PAGES, MOST_REFERENCES, End, Set, Start, Step, Walk, Work, room_for

LEAST_FRAMES = 8
SLOWER = 10
"""Times as long as before that a disk takes which has become slow."""

PASSES = 4
"""Times as many references as it has pages that a second process makes at least."""

LITTLE_MEMORY = f"Memory has only {LEAST_FRAMES} frames left."
NO_ROOM = "There is no room for another process."
NO_SWAPFILE = "The scenario has no swapfile."
SLOTS_USED = "Every slot is in use already."
SLOWEST = "The disk is as slow as it can be."
ZSWAP_IS_OFF = "zswap is off."
ONE_PAGE = "The pool has only one page left."
ONE_PERCENT = "The pool is at 1 % already."
OFF_ALREADY = "zswap is off already."
REASONS = (LITTLE_MEMORY, NO_ROOM, NO_SWAPFILE, SLOTS_USED, SLOWEST, ZSWAP_IS_OFF, ONE_PAGE, ONE_PERCENT, OFF_ALREADY)
"""Why a shock cannot be."""

Steps = tuple[Step, ...]


@dataclass(frozen=True)
class Shock:
    """Something sudden."""

    key: str
    name: str
    tip: str
    steps: Callable[[Program, View], Steps | str]
    """What it does to a program whose machine looks like this; a text says why it cannot be."""


def _half_memory(_program: Program, view: View) -> Steps | str:
    frames = view.scalar(im.FRAMES)
    if frames <= LEAST_FRAMES:
        return LITTLE_MEMORY
    return (Set("machine.frames", max(LEAST_FRAMES, frames // 2)),)


def _second_process(program: Program, view: View) -> Steps | str:
    pages = view.scalar(im.FRAMES) // 2
    name = _free_name(program, "newcomer")
    start = _start(program, name, pages)
    if isinstance(start, str):
        return start
    began: Steps = (start, Walk(name, 0, start.pages, True))
    # As often as all others together, and a few times over its pages where the run is about to end.
    references = min(max(operations_left(program, view), PASSES * start.pages), MOST_REFERENCES)
    room = room_for(program)
    if room is not None:
        references = min(references, room - start.pages - 1)
    seed = (program.seed + len(program.processes)) & MAX_VALUE  # another newcomer draws otherwise
    return (*began, Work(name, start.pages, references, seed)) if references > 0 else began


def operations_left(program: Program, view: View) -> int:
    """Operations of a run that are not done yet."""
    return max(0, len(program.ops) - view.scalar(im.OPERATIONS))


def _scan(program: Program, view: View) -> Steps | str:
    """All pages of a process that is larger than memory, in order; else of a scanner that is as large, and ends."""
    frames = view.scalar(im.FRAMES)
    alive = [(number, process) for number, process in enumerate(program.processes)
             if number < view.scalar(im.PROCESSES) and view.at(im.MM_STATE, number + 1) == 1]  # fmt: skip
    spans = [(sum(pages for _, pages in _mapped(view, number)), process, _mapped(view, number))
             for number, process in alive]  # fmt: skip
    if spans:
        pages, process, mapped = max(spans, key=lambda one: one[0])
        if pages > frames:
            return tuple(Walk(process.name, first, length, False) for first, length in mapped)
    name = _free_name(program, "scanner")
    start = _start(program, name, frames)
    return start if isinstance(start, str) else (start, Walk(name, 0, start.pages, True), End(name))


def _mapped(view: View, number: int) -> list[tuple[int, int]]:
    """First page and length of each region of a process (counted from 0), in order."""
    found = []
    vma = view.at(im.MM_VMA, number + 1)
    while vma:
        if view.at(im.VMA_PAGES, vma):
            found.append((view.at(im.VMA_START, vma), view.at(im.VMA_PAGES, vma)))
        vma = view.at(im.VMA_NEXT, vma)
    return sorted(found)


def _start(program: Program, name: str, pages: int) -> Start | str:
    """A process of so many pages, or as many as there is room for, with content as the first process has it."""
    spare = program.spare or Spare(0)
    first = _first_region_image(program.processes)
    if not spare.processes or not spare.pages or not first:
        return NO_ROOM
    return Start(name, min(pages, spare.pages, MOST_PAGES), first)


def _first_region_image(processes: tuple[Process, ...]) -> int:
    return next((region.image for process in processes for region in process.regions), 0)


def _free_name(program: Program, name: str) -> str:
    taken = {process.name for process in program.processes}
    number = 1
    while (name if number == 1 else f"{name} {number}") in taken:
        number += 1
    return name if number == 1 else f"{name} {number}"


def _swap_full(program: Program, view: View) -> Steps | str:
    if not program.swapfiles:
        return NO_SWAPFILE
    steps = []
    for number in range(len(program.swapfiles)):
        used, slots = view.at(im.SI_INUSE, number + 1), view.scalar(im.SWAPFILE_SLOTS[number])
        if used < slots:
            steps.append(Set(f"machine.swapfile.{number}.slots", used))
    return tuple(steps) or SLOTS_USED


def _slow_disk(program: Program, view: View) -> Steps | str:
    """Every device takes ten times as long as the slowest of them does now."""
    if not program.swapfiles:
        return NO_SWAPFILE
    kinds = [view.at(im.SI_DEVICE, number + 1) for number in range(len(program.swapfiles))]
    times = [device_times(kind) for kind in kinds]
    latency = view.scalar(im.DEVICE_LATENCY_NS) or max(time[0] for time in times)
    interval = view.scalar(im.DEVICE_INTERVAL_NS) or max(time[1] for time in times)
    if latency * SLOWER > MAX_VALUE:
        return SLOWEST
    return (Set("machine.time.device_latency_ns", latency * SLOWER),
            Set("machine.time.device_interval_ns", min(interval * SLOWER, MAX_VALUE)))  # fmt: skip


def device_times(kind: int) -> tuple[int, int]:
    """Latency and interval of a kind of device in ns, as :func:`engine.mm.block.submit` has them; a disk that seeks."""
    if kind == HDD:
        return HDD_SEEK_NS + HDD_TRANSFER_NS, HDD_SEEK_NS + HDD_TRANSFER_NS
    if kind == SSD:
        return SSD_LATENCY_NS, SSD_INTERVAL_NS
    return NVME_LATENCY_NS, NVME_INTERVAL_NS


def _half_pool(_program: Program, view: View) -> Steps | str:
    if not view.scalar(im.ZSWAP_ENABLED):
        return ZSWAP_IS_OFF
    pages = view.scalar(im.MAX_POOL_PAGES)
    if pages:
        return (Set("machine.zswap.max_pool_pages", pages // 2),) if pages > 1 else ONE_PAGE
    percent = view.scalar(im.MAX_POOL_PERCENT)
    if percent <= 1:
        return ONE_PERCENT
    return (Set("machine.zswap.max_pool_percent", percent // 2),)


def _zswap_off(_program: Program, view: View) -> Steps | str:
    return (Set("machine.zswap.enabled", 0),) if view.scalar(im.ZSWAP_ENABLED) else OFF_ALREADY


SHOCKS = (
    Shock("memory", "Memory to half", "Half of the frames are gone at once.", _half_memory),
    Shock("process", "A second process",
          "Another process starts, with half as many pages as memory has frames, and works on them beside all others.",
          _second_process),
    Shock("scan", "A scan", "Pages are touched one after the other, each once, more than memory holds.", _scan),
    Shock("swap_full", "Swapfile full", "Every swapfile ends at the slots that are in use now.", _swap_full),
    Shock("slow_disk", "Slow disk", "Every device takes ten times as long from here on.", _slow_disk),
    Shock("pool", "Pool to half", "The pool's limit drops to half of what it is.", _half_pool),
    Shock("zswap_off", "zswap off", "Nothing is compressed from here on; what is in the pool stays.", _zswap_off),
)  # fmt: skip

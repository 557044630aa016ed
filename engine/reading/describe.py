"""What there is to say about a thing, as pairs of label and value: tooltips, copies, screen readers."""

from __future__ import annotations

import numpy as np

from engine.mm import image as im
from engine.mm.pageflags import NAMES
from engine.mm.view import View
from engine.program import Program
from engine.reading.chain import Chain, Chosen, chain
from engine.reading.designs import Backend, entry_name, seam, slot_name, slot_row
from engine.reading.entries import shmem_words_of, type_of, words_of
from engine.reading.marks import page_states, shmem_states, slot_states
from engine.reading.states import PageState, SlotState

Facts = list[tuple[str, str]]

STATE_TEXT: dict[PageState, str] = {
    PageState.NEVER: "never touched",
    PageState.ACTIVE: "in memory, active list",
    PageState.INACTIVE: "in memory, inactive list",
    PageState.UNEVICTABLE: "in memory, locked",
    PageState.ZSWAP: "in zswap",
    PageState.DISK: "in a swapfile",
    PageState.ZERO: "all zeroes: only a mark",
    PageState.CACHED_ONLY: "swapped out, but still in the swapcache",
    PageState.ZERO_PAGE: "maps the shared zero page",
    PageState.ADRIFT: "on its way out",
}
SLOT_TEXT: dict[SlotState, str] = {
    SlotState.FREE: "free",
    SlotState.DISK: "holds a page",
    SlotState.HELD: "taken by a page that is in zswap: holds nothing",
    SlotState.CACHED: "taken by a page that is only in the swapcache",
    SlotState.ZERO: "taken by a page of zeroes: holds nothing",
    SlotState.BAD: "bad: never used",
    SlotState.HEADER: "the header of the swapfile",
}


def number(value: int) -> str:
    """An integer with its thousands set apart by narrow spaces."""
    return f"{value:,}".replace(",", "\u202f")


def process_name(view: View, program: Program, process: int) -> str:
    """``pid 2 editor (fork of 1)``; ``process`` is a row of table mm."""
    known = program.processes[process - 1].name if 0 < process <= len(program.processes) else ""
    parent = view.at(im.MM_PARENT, process)
    return f"pid {process} {known}".rstrip() + (f" (fork of {parent})" if parent else "")


def region_name(view: View, program: Program, process: int, page: int) -> str:
    """Name of the region a page belongs to, of the process or of the one it was forked from; empty if none."""
    while 0 < process <= len(program.processes):
        for region in program.processes[process - 1].regions:
            if region.first <= page < region.first + region.pages:
                return region.name
        process = view.at(im.MM_PARENT, process)
    return ""


def shmem_name(view: View, program: Program, mapping: int) -> str:
    """``shm 1 ring buffer``: shmem objects are numbered in the order of their mappings."""
    rows = [row for row in range(1, view.scalar(im.MAPPINGS) + 1) if view.at(im.MAP_KIND, row) == 1]
    place = rows.index(mapping) if mapping in rows else -1
    known = program.shmem[place][0] if 0 <= place < len(program.shmem) else ""
    return f"shm {place + 1} {known}".rstrip()


def describe(view: View, program: Program, selected: Chosen) -> Facts:
    """Label and value of all that is known of a thing now; empty when there is no such thing."""
    makers = {
        "page": _page, "shmem": _shmem, "frame": _frame, "desc": _desc, "zswap": _zswap, "slot": _slot,
    }  # fmt: skip
    found = chain(view, selected)
    if found.empty and selected.thing != "frame":
        return []
    return makers[str(selected.thing)](view, program, selected, found)


def _page(view: View, program: Program, asked: Chosen, found: Chain) -> Facts:
    word = int(words_of(view, asked.owner)[asked.number])
    states, _ = page_states(view, asked.owner)
    facts = [
        ("page", f"{number(asked.number)} of {process_name(view, program, asked.owner)}"),
        ("region", region_name(view, program, asked.owner, asked.number)),
        ("page-table entry", f"{word & (1 << 64) - 1:#018x}"),
        ("state", STATE_TEXT[PageState(int(states[asked.number]))]),
    ]
    return _filled(facts + _rest(view, program, found, skip=("page", asked.owner, asked.number)))


def _shmem(view: View, program: Program, asked: Chosen, found: Chain) -> Facts:
    word = int(shmem_words_of(view, asked.owner)[asked.number])
    states, _ = shmem_states(view, asked.owner)
    facts = [
        ("page", f"{number(asked.number)} of {shmem_name(view, program, asked.owner)}"),
        ("page-cache word", f"{word:#x}"),
        ("state", STATE_TEXT[PageState(int(states[asked.number]))]),
    ]
    return _filled(facts + _rest(view, program, found, skip=("shmem", asked.owner, asked.number)))


def _frame(view: View, program: Program, asked: Chosen, found: Chain) -> Facts:
    if not 0 < asked.number < len(view.page):
        return []
    if not view.at(im.PAGE_FLAGS, asked.number):
        return [("frame", number(asked.number)), ("state", "free")]
    return _filled(_rest(view, program, found))


def _desc(view: View, program: Program, asked: Chosen, found: Chain) -> Facts:
    count = view.at(im.DESC_COUNT, asked.number)
    if not count and not found.frame and found.backend is Backend.NONE:
        return [("descriptor", f"#{asked.number}"), ("state", "unused")]
    return _filled(_rest(view, program, found))


def _zswap(view: View, program: Program, asked: Chosen, found: Chain) -> Facts:
    return _filled(_rest(view, program, found))


def _slot(view: View, program: Program, asked: Chosen, found: Chain) -> Facts:
    states, _ = slot_states(view, asked.owner)
    state = SlotState(int(states[asked.number]))
    facts = [("slot", f"{number(asked.number)} of swapfile {asked.owner}"), ("use", SLOT_TEXT[state])]
    return _filled(facts + _rest(view, program, found, skip=("slot", 0, 0)))


def _rest(view: View, program: Program, found: Chain, skip: tuple[str, int, int] = ("", 0, 0)) -> Facts:
    """The parts of a chain in the order in which the kernel would follow them."""
    facts: Facts = []
    pages = [pair for pair in found.pages if ("page", *pair) != skip]
    names = [f"page {number(page)} of {process_name(view, program, process)}" for process, page in pages[:4]]
    names += [
        f"page {number(index)} of {shmem_name(view, program, mapping)}"
        for mapping, index in found.shmem
        if ("shmem", mapping, index) != skip
    ]
    if len(pages) > 4:
        names.append(f"{number(len(pages) - 4)} more")
    facts.append(("shared with" if skip[0] in ("page", "shmem") else "held by", ", ".join(names)))
    if found.entry:
        facts += _entry_facts(view, found)
    if found.frame:
        facts += _frame_facts(view, found.frame)
    if found.zswap:
        facts += zswap_facts(view, found.zswap)
    if found.slot and skip[0] != "slot":
        facts.append(("slot", _slot_text(view, found)))
    return facts


def _entry_facts(view: View, found: Chain) -> Facts:
    one = np.array([found.entry], dtype=np.int64)
    count = int(seam(view).count_of(view, one)[0])
    cache = f"in the swapcache, frame {number(found.frame)}" if found.frame else "not in the swapcache"
    if found.desc:
        backend = {
            Backend.NONE: "none yet", Backend.ZSWAP: f"zswap, entry {number(found.zswap)}",
            Backend.SLOT: slot_name(found.slot) if found.slot else "", Backend.ZERO: "zero mark",
        }[found.backend]  # fmt: skip
        return [
            ("swap id", number(found.desc)),
            ("descriptor", f"#{number(found.desc)} · count {count} · {cache}"),
            ("backend", backend),
        ]
    word = view.at(im.SLOT_MAP, slot_row(view, type_of(found.entry), found.entry & (1 << 58) - 1))
    return [
        ("swap entry", entry_name(view, found.entry)),
        ("swap_map", f"{word & 0xFF:#04x} · count {count} · {cache}"),
    ]


def _frame_facts(view: View, frame: int) -> Facts:
    flags = view.at(im.PAGE_FLAGS, frame)
    return [
        ("frame", f"{number(frame)} · mapped {view.at(im.PAGE_MAPCOUNT, frame)} ×"),
        ("flags", " ".join(name.removeprefix("PG_") for bit, name in NAMES.items() if flags & bit)),
    ]


def zswap_facts(view: View, entry: int) -> Facts:
    """Length, size class and place of one zswap entry."""
    length = view.at(im.Z_LENGTH, entry)
    if length == 0:
        return [("zswap entry", f"{number(entry)} · same-filled: no bytes in the pool")]
    handle = view.at(im.Z_HANDLE, entry)
    size = view.at(im.CLASS_SIZE, view.at(im.ZSPAGE_CLASS, handle >> 12)) if 0 < handle >> 12 < len(view.zspage) else 0
    raw = " (kept raw)" if length >= 4096 else f" ({4096 / length:.2f} ×)"
    facts = [("zswap entry", f"{number(entry)} · {number(length)} B{raw}")]
    if size:
        facts.append(("size class", f"{number(size)} B · zspage {handle >> 12}, object {handle & 0xFFF}"))
    facts.append(("second chance", "still has it" if view.at(im.Z_REFERENCED, entry) else "used up"))
    return facts


def _slot_text(view: View, found: Chain) -> str:
    text = slot_name(found.slot)
    if not found.slot_is_name or found.backend is Backend.SLOT:
        return text
    return text + (", holding nothing" if found.backend in (Backend.ZSWAP, Backend.ZERO) else "")


def _filled(facts: Facts) -> Facts:
    return [(label, value) for label, value in facts if value]

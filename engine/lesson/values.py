"""What a query can give, how it is said, and what each kind of value looks like when it is not the right one."""

from __future__ import annotations

from engine import explain as ex
from engine.mm import image as im
from engine.mm.design.hooks import DESIGNS
from engine.mm.view import View
from engine.naming import grouped
from engine.phrase import joined, phrase
from engine.program import Program
from engine.reading import FrameState, PageState, SlotState
from engine.reading.chain import Place
from engine.scenario.query import Result
from engine.transition import Transition

Single = int | float | str | bool | Place | Transition
Value = Single | list[Single] | None
"""None: there is no such thing, or the run never came there."""

PAGE_TEXTS = {
    PageState.NEVER: "never touched", PageState.ACTIVE: "in memory, active", PageState.INACTIVE: "in memory, inactive",
    PageState.UNEVICTABLE: "locked into memory", PageState.ZSWAP: "in zswap", PageState.DISK: "in a swapfile",
    PageState.ZERO: "only a zero mark", PageState.CACHED_ONLY: "in the swapcache only",
    PageState.ZERO_PAGE: "the shared zero page", PageState.ADRIFT: "on its way out",
}  # fmt: skip
FRAME_TEXTS = {
    FrameState.FREE: "free", FrameState.ACTIVE: "active", FrameState.INACTIVE: "inactive",
    FrameState.UNEVICTABLE: "unevictable",
}  # fmt: skip
SLOT_TEXTS = {
    SlotState.FREE: "free", SlotState.DISK: "holds a page", SlotState.HELD: "held for a page in zswap",
    SlotState.CACHED: "held for a page in the swapcache", SlotState.ZERO: "held for a zero mark",
    SlotState.BAD: "bad", SlotState.HEADER: "the header",
}  # fmt: skip
PAGE_STATES: dict[str, tuple[PageState, ...]] = {
    "memory": (PageState.ACTIVE, PageState.INACTIVE, PageState.UNEVICTABLE), "active": (PageState.ACTIVE,),
    "inactive": (PageState.INACTIVE,), "zswap": (PageState.ZSWAP,), "swapfile": (PageState.DISK,),
    "zero": (PageState.ZERO,), "swapcache": (PageState.CACHED_ONLY,), "untouched": (PageState.NEVER,),
}  # fmt: skip
"""What ``any page in …`` means."""
SLOT_STATES: dict[str, tuple[SlotState, ...]] = {
    "free": (SlotState.FREE,), "used": (SlotState.DISK,),
    "held": (SlotState.HELD, SlotState.CACHED, SlotState.ZERO),
}  # fmt: skip


def place_name(place: Place, program: Program, view: View) -> str:
    """A thing as people say it, and as a query can name it again."""
    if place.thing == "page":
        names = [process.name for process in program.processes]
        alone = len(names) == 1 and not program.shmem
        if alone:
            return phrase("page {number}", number=place.number)
        return phrase("page {number} of {process}", number=place.number, process=names[place.owner - 1])
    if place.thing == "shmem":
        return phrase("page {number} of {process}", number=place.number, process=program.shmem[place.owner - 1][0])
    if place.thing == "slot":
        names = [swapfile.name for swapfile in program.swapfiles]
        if len(names) == 1:
            return phrase("slot {number}", number=place.number)
        return phrase("slot {number} of {file}", number=place.number, file=names[place.owner])
    if place.thing == "zswap":
        return phrase("entry {number}", number=place.number)
    if place.thing == "desc":
        named = DESIGNS[view.scalar(im.DESIGN)].ENTRY_NAME
        if named == "virtual slot":
            return phrase("virtual slot {number}", number=place.number)
        return phrase("descriptor {number}", number=place.number)
    return phrase(place.thing + " {number}", number=place.number)


def href(place: Place, program: Program) -> str:
    """A link to a thing, as texts of lessons write it."""
    if place.thing == "page":
        return f"page:{program.processes[place.owner - 1].name}/{place.number}"
    if place.thing == "shmem":
        return f"page:{program.shmem[place.owner - 1][0]}/{place.number}"
    if place.thing == "slot":
        return f"slot:{program.swapfiles[place.owner].name}/{place.number}"
    return f"{'entry' if place.thing == 'zswap' else place.thing}:{place.number}"


def said(value: Value, result: Result, program: Program, view: View) -> str:
    """A value in words."""
    if value is None:
        return phrase("none")
    if isinstance(value, list):
        return joined(", ", [said(one, result, program, view) for one in value])
    if isinstance(value, Place):
        return place_name(value, program, view)
    if isinstance(value, Transition):
        return phrase("transition {number}", number=grouped(value.number))
    if isinstance(value, bool):
        return phrase("yes") if value else phrase("no")
    if isinstance(value, str):
        return value
    if result is Result.WORD:
        return f"0x{ex.unsigned(int(value)):016x}"
    return number_text(value)


def number_text(value: float) -> str:
    """A number with its thousands apart; three figures of a fraction, whole from 1 000 on."""
    if float(value).is_integer() or abs(value) >= 1000:
        return grouped(round(value))
    return f"{value:.3g}"

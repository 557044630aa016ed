"""Facts of things, read out of one image: state, word, count, size, and what hangs together with them."""

from __future__ import annotations

from engine import explain as ex
from engine.lesson.values import FRAME_TEXTS, PAGE_TEXTS, SLOT_TEXTS, Single, Value
from engine.mm import image as im
from engine.mm.view import View
from engine.phrase import phrase
from engine.program import Program
from engine.reading import FrameState, PageState, SlotState, frame_states, page_states, shmem_states, slot_states
from engine.reading.chain import Chain, Place, chain
from engine.reading.designs import Backend, seam
from engine.reading.entries import offset_of, shmem_words_of, type_of, words_of

BACKEND_TEXTS = {
    Backend.NONE: "in memory only", Backend.ZSWAP: "in zswap", Backend.SLOT: "in a swapfile",
    Backend.ZERO: "only a zero mark",
}  # fmt: skip


def entry_place(view: View, entry: int) -> Place:
    """What a swap entry names: a descriptor or virtual slot, or in today's design a slot."""
    if seam(view).has_descriptors:
        return Place("desc", offset_of(entry))
    return Place("slot", offset_of(entry), type_of(entry))


def exists(view: View, place: Place) -> bool:
    """Whether the image has such a thing."""
    if place.thing == "page":
        return 1 <= place.owner <= view.scalar(im.PROCESSES) and place.number < view.at(im.MM_PAGES, place.owner)
    if place.thing == "shmem":
        return 1 <= place.owner <= view.scalar(im.MAPPINGS) and place.number < view.at(im.MAP_PAGES, place.owner)
    if place.thing == "slot":
        known = 0 <= place.owner < len(view.swap_info) - 1
        return known and 0 <= place.number < view.at(im.SI_MAX, place.owner + 1)
    table = {"frame": "page", "desc": "desc", "zswap": "zswap"}[place.thing]
    return 0 < place.number < view.layout.rows[table]


def thing_fact(attribute: str, thing: Single, view: View, program: Program) -> Value:
    """A fact of a thing; None where it is not there or has no such fact."""
    if not isinstance(thing, Place) or not exists(view, thing):
        return None
    if attribute == "number":
        return thing.number
    if attribute == "state":
        return state_text(view, thing)
    if attribute == "pte":
        return _word(view, thing)
    found = chain(view, thing)
    if attribute == "count":
        return len(found.pages) + len(found.shmem) if found.frame or found.entry else 0
    if attribute == "bytes":
        return view.at(im.Z_LENGTH, found.zswap) if found.zswap else None
    return _together(attribute, found)


def state_text(view: View, place: Place) -> str | None:
    """The state of a thing in words; the same words for the same state everywhere."""
    if place.thing == "page":
        return phrase(PAGE_TEXTS[PageState(int(page_states(view, place.owner)[0][place.number]))])
    if place.thing == "shmem":
        return phrase(PAGE_TEXTS[PageState(int(shmem_states(view, place.owner)[0][place.number]))])
    if place.thing == "frame":
        return phrase(FRAME_TEXTS[FrameState(int(frame_states(view)[0][place.number]))])
    if place.thing == "slot":
        states = slot_states(view, place.owner)[0]
        return phrase(SLOT_TEXTS[SlotState(int(states[place.number]))]) if place.number < len(states) else None
    if place.thing == "zswap":
        return phrase("in use") if chain(view, place).zswap else phrase("free")
    found = chain(view, place)
    in_use = found.pages or found.shmem or found.frame or found.backend
    return phrase(BACKEND_TEXTS[found.backend] if in_use else "free")


def _word(view: View, place: Place) -> Value:
    """The word in the page table, or in a shmem object's page cache."""
    if place.thing == "page":
        return ex.unsigned(int(words_of(view, place.owner)[place.number]))
    if place.thing == "shmem":
        return ex.unsigned(int(shmem_words_of(view, place.owner)[place.number]))
    found = chain(view, place)
    if not found.pages:
        return None
    owner, number = found.pages[0]
    return ex.unsigned(int(words_of(view, owner)[number]))


def _together(attribute: str, found: Chain) -> Value:
    """What a chain has of a kind: the first page where several share it."""
    if attribute == "page":
        if found.pages:
            return Place("page", found.pages[0][1], found.pages[0][0])
        return Place("shmem", found.shmem[0][1], found.shmem[0][0]) if found.shmem else None
    if attribute == "frame":
        return Place("frame", found.frame) if found.frame else None
    if attribute == "desc":
        return Place("desc", found.desc) if found.desc else None
    if attribute == "entry":
        return Place("zswap", found.zswap) if found.zswap else None
    return Place("slot", offset_of(found.slot), type_of(found.slot)) if found.slot else None

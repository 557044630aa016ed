"""A transition told in one sentence: the template of its kind with the names of what it was about."""

from __future__ import annotations

from collections.abc import Callable

from engine.mm import image as im
from engine.mm.design.hooks import DESIGNS
from engine.mm.swapops import SWP_OFFSET_MASK, SWP_TYPE_SHIFT
from engine.mm.transitions import REASONS
from engine.mm.view import View
from engine.naming import grouped, process_name
from engine.phrase import Phrase, joined, phrase
from engine.program import Program
from engine.transition import Transition

PAGE_MASK = (1 << 32) - 1

ADVICES = ("MADV_PAGEOUT", "MADV_COLD", "MADV_DONTNEED", "MADV_WILLNEED")
BACKENDS = ("nowhere: nobody needs it", "in zswap", "on the swapfile", "as a zero mark")
WRITEBACK_FAILURES = (
    "",
    "no memory for a frame",
    "it is in the swapcache already",
    "no slot is free",
)
SWAPOFF_RESULTS = ("empty and out of use", "no memory to bring everything back", "it was not in use")
MAPPED = (
    "its swap entry is free",
    "it stays in the swapcache and keeps its swap entry",
    "the page is the object's",
)


def page_name(program: Program, word: int) -> Phrase:
    """``process << 32 | page`` as people say it."""
    process, number = word >> 32, word & PAGE_MASK
    if len(program.processes) == 1 and process <= 1:
        return phrase("Page {number}", number=number)
    return phrase("Page {number} of {process}", number=number, process=process_name(program, process))


def swapfile_name(program: Program, type_: int) -> str:
    """A swapfile by its number; one that does not exist has only that."""
    return program.swapfiles[type_].name if type_ < len(program.swapfiles) else phrase("swapfile {n}", n=type_)


def slot_name(program: Program, slot: int) -> Phrase:
    """A physical slot, ``type << 58 | offset``."""
    type_, offset = slot >> SWP_TYPE_SHIFT, slot & SWP_OFFSET_MASK
    if len(program.swapfiles) > 1:
        return phrase("slot {number} of {file}", number=offset, file=swapfile_name(program, type_))
    return phrase("slot {number}", number=offset)


def entry_name(program: Program, view: View, entry: int) -> Phrase:
    """A swap entry as the design has it."""
    design = DESIGNS[view.scalar(im.DESIGN)]
    if design.ENTRY_NAME == "slot":
        return slot_name(program, entry)
    return phrase(design.ENTRY_NAME + " {number}", number=entry & SWP_OFFSET_MASK)


def sentence(transition: Transition, program: Program, view: View) -> Phrase:
    """What the transition did, as a sentence of plain text."""

    def setting(number: int) -> str:
        return im.schema.settings[number].key

    def value(number: int) -> str:
        which = im.schema.settings[transition.operands[0]]
        if which.choices:
            return which.choices[min(number, len(which.choices) - 1)]
        return (
            phrase("{number} {unit}", number=grouped(number), unit=phrase(which.unit))
            if which.unit
            else grouped(number)
        )

    def mark(number: int) -> str:
        if number >= len(program.marks):
            return str(number)
        return joined("", ["'", phrase(program.marks[number].replace("{", "{{").replace("}", "}}")), "'"])

    def verdict(active: int) -> str:
        return phrase("it belongs to the working set and becomes active") if active else phrase("too late to tell")

    say: dict[str, Callable[[int], str]] = {
        "page": lambda word: page_name(program, word),
        "swap": lambda entry: entry_name(program, view, entry) if entry else phrase("its page"),
        "slot": lambda slot: slot_name(program, slot),
        "process": lambda process: process_name(program, process),
        "child": lambda process: process_name(program, process),
        "access": lambda write: phrase("a write") if write else phrase("a read"),
        "where": lambda tag: phrase(BACKENDS[tag]),
        "kept": lambda kept: phrase(MAPPED[kept]),
        "verdict": verdict,
        "reason": lambda reason: phrase(REASONS[reason]),
        "why": lambda why: phrase(WRITEBACK_FAILURES[why]) if why else phrase("no swap entry can be had"),
        "setting": setting,
        "value": value,
        "before": value,
        "mark": mark,
        "advice": lambda advice: ADVICES[advice],
        "locked": lambda locked: phrase("locked into memory") if locked else phrase("no longer locked"),
        "swapfile": lambda type_: swapfile_name(program, type_),
        "result": lambda result: phrase(SWAPOFF_RESULTS[result]),
    }
    words = {
        name: say.get(name, grouped)(operand)
        for name, operand in zip(transition.kind.operands, transition.operands, strict=True)
        if name
    }
    return phrase(transition.kind.sentence, **words).beginning()

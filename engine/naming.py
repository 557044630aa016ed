"""How numbers, pages, processes and page images are called when they are told to people."""

from __future__ import annotations

from engine.phrase import Phrase, joined, phrase
from engine.program import Program, Region

NARROW_SPACE = "\u202f"
PAGE_BYTES = 4096


def grouped(number: int) -> str:
    """A number with narrow spaces between its thousands."""
    return f"{number:,}".replace(",", NARROW_SPACE)


def ordinal(number: int) -> Phrase:
    """1st, 2nd, 3rd, 4th …"""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return phrase("{n}" + ending, n=grouped(number))


def count_of(number: int, one: str) -> str:
    """``1 entry``, ``2 entries``."""
    many = one[:-1] + "ies" if one.endswith("y") else one + "s"
    return f"{grouped(number)} {one if number == 1 else many}"


def region_of(program: Program, process: int, page: int) -> Region | None:
    """The region that a page of process ``process`` (counted from 1) is in; None in a gap or a forked child."""
    if not 1 <= process <= len(program.processes):
        return None
    for region in program.processes[process - 1].regions:
        if region.first <= page < region.first + region.pages:
            return region
    return None


def page_address(program: Program, process: int, page: int) -> int:
    """The virtual address of a page: the recording's own where it is known, else page times 4096."""
    region = region_of(program, process, page)
    if region is not None and region.address:
        return region.address + (page - region.first) * PAGE_BYTES
    return page * PAGE_BYTES


def process_name(program: Program, process: int) -> str:
    """The name of process ``process`` (counted from 1); a child that the run forked has only a number."""
    if 1 <= process <= len(program.processes):
        return program.processes[process - 1].name
    return phrase("process {number}", number=process)


def image_text(program: Program, image: int) -> str:
    """What a program says of a page image: its family and its place in it, its LZ4 length, its checksum."""
    images = program.images
    if not image:
        return phrase("nothing")
    if image >= len(images.lz4):
        return phrase("image {number}", number=image)
    place = {"number": image - int(images.first[image]) + 1, "count": int(images.count[image])}
    if images.family is None:
        parts: list[str] = [phrase("image {number} of {count}", **place)]
    else:
        parts = [phrase("{family} page {number} of {count}", family=images.names[int(images.family[image])], **place)]
    parts.append(f"LZ4{NARROW_SPACE}{grouped(int(images.lz4[image]))}{NARROW_SPACE}B")
    if images.checksum is not None:
        parts.append(phrase("checksum {number:08x}", number=int(images.checksum[image])))
    return joined(" · ", parts)


def hex_address(where: int) -> str:
    """An address in groups of four digits: ``0x7f00_0002_5000``."""
    return f"0x{where:_x}"

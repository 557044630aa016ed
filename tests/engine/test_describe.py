"""Things in words: every row tells what the image holds, and links lead along the chain and back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.columns import address
from engine.describe import describe
from engine.machine import Machine
from engine.mm import image as im
from engine.mm.pageflags import PG_DIRTY, PG_UNEVICTABLE
from engine.naming import grouped, image_text, ordinal, page_address
from engine.operation import encode_references
from engine.program import Images, Process, Program, Region, Swapfile
from engine.reading.chain import Place
from tests.engine.reading.built import LEGACY, SWAP_DESC, Built, populated


def rows(told):
    return {row.label: row for row in told.chain}


def tell(built, thing, number, owner=0, **more):
    return describe(built.view, built.program, Place(thing, number, owner), **more)


def test_a_page_in_memory_leads_to_its_frame():
    built = Built()
    frame = built.frame((1, 5), active=True, flags=PG_DIRTY)
    built.frame((1, 6), active=True)
    told = tell(built, "page", 5, 1)
    assert told.title == "editor page 5"
    assert told.state == "present"
    assert told.word.field("PFN").value == frame
    link = rows(told)["→ frame"]
    assert link.ref == Place("frame", frame)
    assert "active · dirty" in link.text
    assert rows(told)["LRU"].text == "active · at the tail"
    assert "heap · pages 0–63" in rows(told)["region"].text


def test_a_page_in_zswap_under_descriptors():
    built = Built(SWAP_DESC)
    built.swapped((1, 1), length=900)
    entry = built.swapped((1, 5), (2, 5), length=1612)
    told = tell(built, "page", 5, 1)
    assert told.state == "not present"
    found = rows(told)
    assert found["swap id"].text == str(entry)
    assert found["→ descriptor"].ref == Place("desc", entry)
    assert found["→ descriptor"].text == f"#{entry} · count 2 · no swapcache"
    assert found["→ zswap entry"].ref == Place("zswap", 2)
    assert f"1{chr(0x202f)}612 B" in found["→ zswap entry"].text
    assert found["zswap LRU"].text.startswith("2nd from the cold end")
    assert "→ slot" not in found


def test_the_same_page_in_todays_design_holds_a_slot():
    built = Built(LEGACY)
    built.swapped((1, 1))
    built.swapped((1, 5))
    found = rows(tell(built, "page", 5, 1))
    assert found["swap entry"].text == "type 0, offset 2"
    assert found["→ slot"].ref == Place("slot", 2, 0)
    assert found["→ zswap entry"].ref == Place("zswap", 2)
    assert "→ descriptor" not in found
    slot = tell(built, "slot", 2, 0)
    assert rows(slot)["on disk"].text.startswith("nothing: the slot is only held")
    assert rows(slot)["← held by"].ref == Place("page", 5, 1)


def test_a_page_on_disk_leads_to_its_slot_and_back():
    built = Built(SWAP_DESC)
    entry = built.swapped((1, 7), to="disk")
    link = rows(tell(built, "page", 7, 1))["→ slot"]
    assert link.ref == Place("slot", 1, 0)
    assert link.text == "1 of swap0"
    slot = rows(tell(built, "slot", 1, 0))
    assert slot["belongs to"].ref == Place("desc", entry)
    assert slot["← held by"].ref == Place("page", 7, 1)
    assert rows(tell(built, "desc", entry))["→ slot"].ref == Place("slot", 1, 0)


def test_a_page_in_the_swapcache_shows_both_copies():
    built = Built(SWAP_DESC)
    frame = built.frame((1, 3), flags=PG_DIRTY)
    entry = built.swapped((2, 3), to="disk", cached=frame)
    assert rows(tell(built, "page", 3, 2))["→ swapcache"].ref == Place("frame", frame)
    assert rows(tell(built, "frame", frame))["swapcache"].ref == Place("desc", entry)
    assert "in the swapcache" in rows(tell(built, "page", 3, 2))["→ descriptor"].text


def test_a_zero_mark_stores_nothing():
    for design in (LEGACY, SWAP_DESC):
        built = Built(design)
        built.swapped((1, 0), to="zero")
        assert "nothing is stored" in rows(tell(built, "page", 0, 1))["→ zero mark"].text


def test_a_page_never_touched():
    told = tell(Built(), "page", 0, 1)
    assert told.state == "never touched"
    assert "first access" in rows(told)["holds"].text


def test_shmem_pages():
    built = Built(shmem=8)
    frame = built.frame(shmem=(2,))
    entry = built.swapped(shmem=(3,))
    assert rows(tell(built, "shmem", 2, 1))["→ frame"].ref == Place("frame", frame)
    assert rows(tell(built, "shmem", 3, 1))["→ descriptor"].ref == Place("desc", entry)
    assert rows(tell(built, "frame", frame))["← held by"].ref == Place("shmem", 2, 1)


def test_free_things_say_so():
    built = Built()
    assert tell(built, "frame", 9).state == "free"
    built.set(im.SWAPFILE_SLOTS[0], 256)
    assert tell(built, "slot", 9, 0).state == "free"
    assert tell(built, "slot", 0, 0).state == "header"
    assert tell(built, "desc", 3).state == "not in use"
    assert tell(built, "zswap", 3).state == "not in use"
    built.put(im.SLOT_MAP, built.view.at(im.SI_BASE, 1) + 4, 0x3F)
    assert tell(built, "slot", 4, 0).state == "bad"
    built.set(im.SWAPFILE_SLOTS[0], 8)
    assert tell(built, "slot", 9, 0).state == "beyond the end"


def test_an_unevictable_frame_is_on_no_list():
    built = Built()
    frame = built.frame((1, 1))
    built.put(im.PAGE_FLAGS, frame, PG_UNEVICTABLE)
    assert "unevictable" in rows(tell(built, "frame", frame))["LRU"].text
    built.put(im.PAGE_FLAGS, frame, PG_DIRTY)
    assert tell(built, "frame", frame).state == "off the lists"
    assert "on no list now" in rows(tell(built, "frame", frame))["LRU"].text


def test_many_holders_are_counted_not_listed():
    built = Built(pages=(4,) * 9)
    frame = built.frame(*((process, 1) for process in range(1, 10)))
    told = tell(built, "frame", frame)
    assert len([row for row in told.chain if row.ref and row.ref.thing == "page"]) == 6
    assert any(row.text == "and 3 more" for row in told.chain)


def test_rows_carry_the_addresses_they_were_read_from():
    built = Built(SWAP_DESC)
    entry = built.swapped((1, 5))
    found = rows(tell(built, "page", 5, 1))
    assert address(built.view, im.DESC_COUNT, entry) in found["→ descriptor"].addresses
    assert found["swap id"].addresses == (address(built.view, im.PTE, 5),)
    assert built.view.where(found["→ zswap entry"].addresses) == [("desc", entry, "backend")]


def test_columns_are_those_declared():
    built = Built(SWAP_DESC)
    entry = built.swapped((1, 5))
    told = tell(built, "desc", entry)
    assert [row.label for row in told.columns] == [column.name for column in im.desc.columns]
    assert told.columns[0].tip.startswith("Page-table and shmem entries that hold its id")
    assert "kernel: swap_desc.swap_count" in told.columns[0].tip


@pytest.mark.parametrize(("thing", "number", "owner"), [
    ("page", 96, 1), ("page", -1, 1), ("page", 0, 3), ("page", 0, 0), ("frame", 0, 0), ("frame", 49, 0),
    ("desc", 10**9, 0), ("zswap", 0, 0), ("slot", 257, 0), ("slot", 1, 1), ("shmem", 0, 1), ("planet", 1, 0),
])  # fmt: skip
def test_what_is_not_there_is_refused(thing, number, owner):
    with pytest.raises(ValueError):
        tell(Built(), thing, number, owner)


@pytest.mark.parametrize("design", [LEGACY, SWAP_DESC])
def test_everything_in_a_machine_under_pressure_can_be_told_and_every_link_leads_somewhere(design):
    built = populated(design, seed=4)
    todo = [Place("page", page, process) for process, count in ((1, 96), (2, 48)) for page in range(count)]
    todo += [Place("shmem", page, 1) for page in range(24)]
    seen = set(todo)
    while todo:
        told = describe(built.view, built.program, todo.pop())
        assert told.as_text()
        for row in told.chain:
            if row.ref is not None and row.ref not in seen:
                seen.add(row.ref)
                todo.append(row.ref)
    assert {place.thing for place in seen} >= {"page", "shmem", "frame", "zswap", "slot"}


@pytest.mark.parametrize("design", [0, 1, 2])
def test_a_machine_that_ran_can_be_told_whole(design):
    """What the model itself writes is read the same way as what these tests wrote by hand."""
    pages = np.concatenate((np.arange(90), np.arange(0, 90, 2), np.arange(90)))
    one = np.ones(len(pages), dtype=np.int64)
    ops = encode_references(0 * one, pages, np.arange(len(pages)) % 3 > 0, one)
    images = Images(*(np.array([0, value]) for value in (1612, 0, 1, 1)))
    settings = {"machine.frames": 48, "machine.reclaim": 1, "machine.stats_flush_ns": 0,
                "machine.zswap.max_pool_pages": 8,
                "machine.charge_pool": 0, "machine.zswap.enabled": 1, "machine.design": design}  # fmt: skip
    program = Program("a small run", (Process("editor", 90, (Region("heap", 0, 90, 1),)),), ops, images, settings,
                      (Swapfile("swap0", 256),))  # fmt: skip
    machine = Machine(program, compiled=False)
    machine.run()
    todo = [Place("page", page, 1) for page in range(90)]
    seen, where = set(todo), set()
    while todo:
        place = todo.pop()
        told = describe(machine.view, program, place)
        for row in told.chain:
            if row.ref is not None and row.ref not in seen:
                seen.add(row.ref)
                todo.append(row.ref)
        if place.thing == "page":
            where |= {row.label for row in told.chain}
        else:
            # A way leads back: to a page table, or to the frame or entry that a page table knows.
            back = ("← held by", "→ swapcache", "swapcache", "belongs to")
            assert any(row.ref for row in told.chain if row.label in back), told.as_text()
    assert {"→ frame", "→ zswap entry", "→ slot", "content"} <= where
    assert {place.thing for place in seen} == {"page", "frame", "zswap", "slot"} | ({"desc"} if design else set())


def test_the_address_is_the_recordings_own_where_known():
    built = Built()
    process = built.program.processes[0]
    heap = replace(process.regions[0], address=0x7F00_0000_0000)
    program = replace(built.program, processes=(replace(process, regions=(heap, *process.regions[1:])),))
    assert page_address(program, 1, 37) == 0x7F00_0002_5000
    assert page_address(built.program, 1, 37) == 0x2_5000
    assert describe(built.view, program, Place("page", 37, 1)).place == "vaddr 0x7f00_0002_5000"


def test_images_are_named_by_their_family_with_length_and_checksum():
    built = Built()
    facts = (np.array([0, 500, 600, 700]), np.zeros(4, np.int64), np.array([0, 1, 1, 3]), np.array([0, 2, 2, 1]))
    bare = replace(built.program, images=Images(*facts))
    assert image_text(bare, 2) == "image 2 of 2 · LZ4\u202f600\u202fB"
    checksum, family = np.array([0, 1, 0xBEEF, 3]), np.array([0, 0, 0, 1])
    named = replace(built.program, images=Images(*facts, checksum, family, ("heap", "text")))
    assert image_text(named, 2) == "heap page 2 of 2 · LZ4\u202f600\u202fB · checksum 0000beef"
    assert image_text(named, 3) == "text page 1 of 1 · LZ4\u202f700\u202fB · checksum 00000003"
    assert image_text(named, 9) == "image 9"
    assert image_text(named, 0) == "nothing"


def test_the_caller_may_say_more_of_an_image():
    built = Built()
    frame = built.frame((1, 5))
    built.put(im.PAGE_CONTENT, frame, 3)
    found = rows(tell(built, "page", 5, 1, images=lambda image: f"picture {image}"))
    assert found["content"].text == "picture 3"


def test_text_for_the_clipboard_has_plain_spaces():
    built = Built()
    built.swapped((1, 5), length=1612)
    text = tell(built, "page", 5, 1).as_text()
    assert "1 612 B" in text
    assert "\u202f" not in text
    assert "bit 0\tP\t0" in text


def test_numbers_for_people():
    assert grouped(1234567) == "1\u202f234\u202f567"
    assert [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 112)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "112th",
    ]  # fmt: skip

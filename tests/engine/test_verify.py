"""The bytes themselves come back as they left, in every design; one wrong byte, object or slot is found."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from engine.content.codec import VerifyError, through_python
from engine.content.table import ImageTable
from engine.machine import Machine
from engine.mm import image as im
from engine.mm import ledger as lg
from engine.mm.image import schema
from engine.operation import encode_references
from engine.program import Images, Process, Program, Region, Swapfile
from engine.verify import Verifier, table_of
from tests.engine.programs import DESIGNS, KERNELS, settings_of

CONTENTS = ("text", "json", "heap", "random", "zero", "filled")
REGION = 48


@cache
def content():
    """The images of some families, and what a program is told of them."""
    table = ImageTable()
    places = [table.add(name) for name in CONTENTS]
    family = table.family
    counts = np.bincount(family)
    firsts = np.cumsum(counts) - counts + 1
    columns = (table.lz4_bytes, table.same_filled + 2 * table.zero, firsts[family], counts[family])
    facts = [np.concatenate(([0], column)).astype(np.int64) for column in columns]
    return table, places, Images(*facts, names=table.names)


def run_of(references, design, kernel, *, frames=128, seed=1, allocator=None, pool=24):
    """References to all kinds of page, some far more often, more writes than reads."""
    _, places, images = content()
    rng = np.random.default_rng(seed)
    pages = REGION * len(CONTENTS)
    page = (rng.beta(0.8, 1.6, references) * pages).astype(np.int64)
    # The order of pages is shuffled so that all kinds are among the hot ones.
    page = rng.permutation(pages)[page]
    ops = encode_references(0 * page, page, rng.random(references) < 0.6, 0 * page + 1)
    regions = tuple(
        Region(name, number * REGION, REGION, first + 1, count)
        for number, (name, (first, count)) in enumerate(zip(CONTENTS, places, strict=True))
    )
    settings = settings_of(kernel) | {
        "machine.design": DESIGNS.index(design), "machine.frames": frames, "machine.reclaim": 1,
        "machine.stats_flush_ns": 0,
        "machine.zswap.enabled": 1, "machine.zswap.max_pool_pages": pool,
    }  # fmt: skip
    if allocator is not None:
        settings["machine.zswap.allocator"] = schema.setting_for("machine.zswap.allocator").choices.index(allocator)
    editor = Process("editor", pages, regions)
    return Program("bytes", (editor,), ops, images, settings, (Swapfile("swap0", 600),), seed=seed)


@pytest.mark.parametrize(("design", "kernel"), [*zip(DESIGNS, KERNELS), *zip(DESIGNS, KERNELS[1:] + KERNELS[:1])])
def test_every_page_comes_back_as_it_left(design, kernel):
    verifier = Verifier(run_of(20_000 if kernel == "6.18" else 4_000, design, kernel), content()[0])
    counts = verifier.run()
    view = verifier.machine.view
    assert verifier.machine.outcome == "finished"
    assert counts["stored"] == view["zswpout"] > 0
    assert counts["loaded"] == view["zswpin"] > 0
    assert counts["read"] == view["pswpin"] > 0
    assert counts["written"] + counts["written back"] == view["pswpout"]
    assert counts["written back"] == view["zswpwb"] > 0
    zeroes = view["swpin_zero"]
    assert counts["compared"] >= counts["loaded"] + counts["read"] + counts["written back"] + zeroes
    assert (zeroes > 0) == (kernel != "6.2")


@pytest.mark.parametrize("allocator", ["zbud", "z3fold"])
def test_the_older_allocators_keep_bytes_too(allocator):
    verifier = Verifier(run_of(3_000, "legacy", "6.2", allocator=allocator), content()[0])
    assert verifier.run()["loaded"] > 0


@pytest.mark.soak
@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.timeout(3600)
def test_a_million_references_without_a_difference(design):
    verifier = Verifier(run_of(1_000_000, design, "6.18", frames=160), content()[0], compiled=True)
    verifier.run()
    assert verifier.machine.position == 1_000_000


def test_the_run_is_the_one_without_bytes():
    run = run_of(2_000, "vswap", "6.18")
    plain = Machine(run, False)
    plain.run()
    verifier = Verifier(run, content()[0], False)
    verifier.run()
    assert verifier.machine.state_hash() == plain.state_hash()


def halfway(design="legacy", kernel="6.18", pool=24):
    verifier = Verifier(run_of(4_000, design, kernel, pool=pool), content()[0], False)
    while verifier.machine.position < 1_500:
        verifier.advance(500)
    return verifier


def test_a_wrong_byte_in_the_pool_is_found():
    verifier = halfway()
    verifier.pool[: int(verifier.book[lg.B_POOL_BYTES]) // 8] ^= 0x40
    with pytest.raises(VerifyError, match="transition"):
        verifier.run()


@pytest.mark.parametrize("compiled", [False, True])
def test_one_flipped_bit_of_one_object_is_named(compiled):
    """Pages kept raw come back as they are, so the very byte is told; the transition is the one that reads it."""
    verifier = Verifier(run_of(4_000, "legacy", "6.18", pool=60), content()[0], compiled)
    while verifier.machine.position < 1_500:
        verifier.advance(500)
    words = verifier.book[int(verifier.book[lg.B_PLACES]) : int(verifier.book[lg.B_OBJECTS])]
    places = words.reshape(-1, lg.PLACE_WORDS)
    kept = places[(places[:, lg.P_KIND] == lg.IN_POOL)]
    assert len(kept) > 8
    for _, _, length, at in kept.tolist():
        verifier.pool.view(np.uint8)[at + length // 2] ^= 4
        with pytest.raises(VerifyError, match=r"byte \d+ from object|cannot be read|gives \d+ bytes"):
            verifier.compare_all()
        verifier.pool.view(np.uint8)[at + length // 2] ^= 4
    verifier.compare_all()
    at, length = kept[0, lg.P_AT], kept[0, lg.P_LENGTH]
    verifier.pool.view(np.uint8)[at + length - 1] ^= 4
    with pytest.raises(VerifyError):
        verifier.run()


def test_calls_of_lz4_are_counted_for_each_image():
    table = content()[0]
    verifier = Verifier(run_of(4_000, "legacy", "6.18"), table)
    counts = verifier.run()
    compressed, decompressed = verifier.lz4_calls.T
    assert 0 < compressed.sum() < counts["stored"], "pages of zeroes are not compressed"
    assert 0 < decompressed.sum() < counts["compared"]
    assert not compressed[[0, *(np.flatnonzero(table.zero) + 1)]].any()


def test_where_lz4_shows_no_functions_the_run_is_the_same(monkeypatch):
    run, table = run_of(3_000, "swap_desc", "6.18"), content()[0]
    counts = Verifier(run, table).run()
    monkeypatch.setattr("engine.verify.c_functions", through_python)
    verifier = Verifier(run, table)
    assert verifier.run() == counts
    verifier.pool[: int(verifier.book[lg.B_POOL_BYTES]) // 8] ^= 1
    with pytest.raises(VerifyError):
        verifier.compare_all()


def test_one_wrong_byte_on_a_device_is_found():
    verifier = halfway()
    verifier.blocks[: int(verifier.book[lg.B_BLOCKS]) * 512].view(np.uint8)[100::4096] ^= 1
    with pytest.raises(VerifyError, match="byte 100 from slot"):
        verifier.run()


def test_a_wrong_byte_in_a_copy_that_never_comes_back_is_found_at_the_end():
    verifier = Verifier(run_of(4_000, "legacy", "6.18"), content()[0], False)
    verifier.run()
    verifier.pool[: int(verifier.book[lg.B_POOL_BYTES]) // 8] ^= 0xFF
    with pytest.raises(VerifyError):
        verifier.compare_all()


def test_an_object_given_out_twice_is_found():
    """The model's free object of a zspage is made one that is in use."""
    verifier = halfway(pool=60)
    machine = verifier.machine
    live = np.flatnonzero(machine.view.column(im.ZSPAGE_CLASS) * machine.view.column(im.ZSPAGE_FREE))
    handles = machine.view.column(im.Z_HANDLE)
    for zspage in live.tolist():
        places = handles[handles >> 12 == zspage] & 4095
        if len(places):
            row = machine.layout.base["zspage"] + zspage * im.zspage.width
            machine.words[row + (im.ZSPAGE_FREE & 0xFF)] = places[0]
    with pytest.raises(VerifyError, match="given out though"):
        verifier.run()


def test_a_page_that_is_another_page_is_found():
    verifier = halfway("swap_desc")
    rows = verifier.machine.view.slot
    base = verifier.machine.layout.base["slot"] + (im.SLOT_CONTENT & 0xFF)
    for row in np.flatnonzero(rows[:, im.SLOT_CONTENT & 0xFF]).tolist():
        address = base + row * im.slot.width
        verifier.machine.words[address] = verifier.machine.words[address] % (len(content()[0]) - 1) + 1
    with pytest.raises(VerifyError, match="should hold image"):
        verifier.run()


def test_a_program_without_bytes_is_told_from_one_with():
    run = run_of(10, "legacy", "6.18")
    assert np.array_equal(table_of(run).checksum, content()[0].checksum)
    images = run.images
    bare = Program("bare", run.processes, run.ops, Images(images.lz4, images.filled, images.first, images.count))
    with pytest.raises(ValueError, match="no bytes"):
        table_of(bare)

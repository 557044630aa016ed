"""Verify mode beside the bare LZ4 calls on the same pages."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from engine.content.codec import compress, decompress
from engine.content.table import ImageTable
from engine.program import Images, Program
from engine.study.bench import Effort, Figure, Say, at_most
from engine.study.bench_workload import POOL_PERCENT, zipf_program
from engine.verify import Verifier

FAMILIES = ("text", "heap", "json")
VERIFIED_PAGES = 16_384
VERIFIED_REFERENCES = 200_000
POOLS = {"a pool of a tenth": POOL_PERCENT, "a pool of half of memory": 50}
"""Standard, where most stores are refused and go to the device; and one where most of the work is LZ4's."""


def measure(effort: Effort, say: Say) -> Iterator[Figure]:
    """Run with the bytes, then compress and decompress the same pages as often and nothing else."""
    for number, (name, percent) in enumerate(POOLS.items()):
        say(f"verify mode, {name}")
        yield from _measure(effort, name, f"verify.{number}", percent)


def _measure(effort: Effort, name: str, key: str, percent: int) -> Iterator[Figure]:
    program, table = verified_program(
        min(VERIFIED_REFERENCES, effort.references), min(VERIFIED_PAGES, effort.pages), percent
    )
    with_bytes, bare, times = [], [], []
    calls = ""
    for _ in range(effort.rounds):
        verifier = Verifier(program, table, effort.compiled)
        began = time.perf_counter()
        counts = verifier.run()
        with_bytes.append(time.perf_counter() - began)
        compressed, decompressed = verifier.lz4_calls.sum(axis=0)
        moved = counts["written"] + counts["written back"] + counts["read"]
        calls = f"{compressed} pages compressed, {decompressed} decompressed, {moved} to and from the device"
        bare.append(_seconds_bare(verifier))
        times.append(with_bytes[-1] / bare[-1])
    yield Figure(f"{key}.with", f"verify mode, {name}: {calls}", tuple(with_bytes), "s", False)
    yield Figure(f"{key}.bare", "LZ4 alone, the same calls on the same pages in one thread", tuple(bare), "s", False)
    what = f"verify mode, {name}: time over that of the bare LZ4 calls"
    yield Figure(f"{key}.ratio", what, tuple(times), "× time", False, at_most(1.3))


def _seconds_bare(verifier: Verifier) -> float:
    """Time of the calls of LZ4 that a run made: each image as often, in no order, one call a page."""
    pages, calls = verifier.pages, verifier.lz4_calls
    blocks = [compress(page) for page in pages]
    images, shuffle = np.arange(len(pages)), np.random.default_rng(4).permutation
    out, back = (shuffle(np.repeat(images, count)).tolist() for count in calls.T)
    began = time.perf_counter()
    for image in out:
        compress(pages[image])
    for image in back:
        decompress(blocks[image])
    return time.perf_counter() - began


def verified_program(references: int, pages: int, pool_percent: int) -> tuple[Program, ImageTable]:
    """The standard run with pages whose bytes are known."""
    table = ImageTable()
    for family in FAMILIES:
        table.add(family)
    count = len(table)
    images = Images(
        np.concatenate([[0], table.lz4_bytes]), np.zeros(count + 1, np.int64), np.array([0] + [1] * count),
        np.array([0] + [count] * count),
    )  # fmt: skip
    program = zipf_program(references, pages, design="swap_desc", pool_percent=pool_percent)
    heap = replace(program.processes[0].regions[0], image=1, images=len(table))
    process = replace(program.processes[0], regions=(heap,))
    return replace(program, images=images, processes=(process,)), table

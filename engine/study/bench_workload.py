"""The run that benchmarks measure: Zipf(1.0) references, memory a quarter of the pages, a pool of a tenth of memory."""

from __future__ import annotations

import time
from functools import lru_cache

import numpy as np

from engine.machine import Machine
from engine.mm.image import schema
from engine.operation import encode_references
from engine.program import Images, Process, Program, Region, Swapfile
from engine.trace.generate import Pages, Writes, below, random_words, zipf

DESIGNS = schema.setting_for("machine.design").choices
WRITE_SHARE = 0.3
MEMORY_SHARE = 4
POOL_PERCENT = 10
IMAGES = 48
LENGTHS = (500, 3000)
"""Compressed pages are of these sizes, all as likely."""
READAHEAD_8, READAHEAD_1 = 3, 0
"""vm.page-cluster for windows of eight pages and of one."""


@lru_cache(maxsize=4)
def zipf_references(references: int, pages: int) -> tuple[Pages, Writes]:
    """Page numbers and writes, both of shape (references,); ranks are scattered over the pages."""
    return zipf(references, pages, seed=4, write_share=WRITE_SHARE, s=1.0, scatter=True)


def frames_of(pages: int) -> int:
    """Memory: a quarter of the pages."""
    return max(64, pages // MEMORY_SHARE)


def images() -> Images:
    """Facts of made-up page images whose compressed sizes are spread over :data:`LENGTHS`."""
    low, high = LENGTHS
    lengths = low + below(random_words(4, 7, IMAGES), high - low)
    return Images(
        np.concatenate([[0], lengths]),
        np.zeros(IMAGES + 1, np.int64),
        np.array([0] + [1] * IMAGES),
        np.array([0] + [IMAGES] * IMAGES),
    )


def zipf_program(
    references: int,
    pages: int,
    *,
    design: str = "legacy",
    page_cluster: int = READAHEAD_8,
    pool_percent: int = POOL_PERCENT,
    processes: int = 1,
    settings: dict[str, int] | None = None,
) -> Program:
    """The run as a program; ``processes`` share the pages out among them, page by page."""
    page, write = zipf_references(references, pages)
    each = -(-pages // processes)
    ops = encode_references(page % processes, page // processes, write, np.ones(references, np.int64))
    chosen = {
        "machine.frames": frames_of(pages),
        "machine.design": DESIGNS.index(design),
        "machine.page_cluster": page_cluster,
        "machine.zswap.enabled": int(pool_percent > 0),
        "machine.zswap.max_pool_percent": max(1, pool_percent),
        **(settings or {}),
    }
    return Program(
        f"Zipf(1.0) over {pages} pages",
        tuple(
            Process(f"process {number}", each, (Region("heap", 0, each, 1, IMAGES),)) for number in range(processes)
        ),
        ops, images(), chosen, (Swapfile("swapfile", pages + pages // 2),),
    )  # fmt: skip


def references_per_second(program: Program, compiled: bool = True) -> float:
    """Millions of references a second of a machine that runs a program from beginning to end, without history."""
    machine = Machine(program, compiled, journal_words=8, records=8)
    began = time.perf_counter()
    machine.run()
    return len(program.ops) / (time.perf_counter() - began) / 1e6

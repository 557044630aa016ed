"""The peers of the benchmarks do the same work: they miss, swap and reclaim as often."""

from __future__ import annotations

import pytest

from engine.machine import Machine
from engine.study.bench_peers import Twin, cache_sim, compiler, has_libcachesim, textbook_lru
from engine.study.bench_workload import frames_of, zipf_program, zipf_references
from engine.study.replacement import clock_misses, lru_misses

PAGES, REFERENCES = 2_000, 30_000


@pytest.mark.skipif(compiler() is None, reason="there is no C compiler")
@pytest.mark.parametrize("page_cluster", [0, 3])
def test_the_twin_in_c_does_what_the_model_does(page_cluster: int) -> None:
    program = zipf_program(REFERENCES, PAGES, page_cluster=page_cluster)
    machine = Machine(program, False)
    machine.run()
    ours = machine.counters()
    _, theirs = Twin().run(program)
    assert theirs["references"] == REFERENCES
    assert theirs["hits"] == pytest.approx(REFERENCES - ours["pgfault"], rel=0.05)
    for name in ("pgfault", "pgmajfault", "pswpin", "pswpout", "pgscan_anon", "pgsteal_anon", "pgdeactivate"):
        assert theirs[name] == pytest.approx(ours[name], rel=0.25), name
    assert theirs["zswpout"] > 0
    assert theirs["zswpin"] > 0


def test_lru_alone_misses_as_the_textbook_does() -> None:
    page, _ = zipf_references(REFERENCES, PAGES)
    assert lru_misses(page, 500) == textbook_lru(page.tolist(), 500)


def test_memory_for_all_misses_each_page_once() -> None:
    page, _ = zipf_references(REFERENCES, PAGES)
    distinct = len(set(page.tolist()))
    assert lru_misses(page, PAGES) == clock_misses(page, PAGES) == distinct


def test_a_used_page_survives_the_hand_of_clock_once() -> None:
    page, _ = zipf_references(REFERENCES, PAGES)
    # By hand: 1 2 fill; 1 used; 3 evicts 2; 1 hits; 2 evicts 3; 3 evicts 1, whose bit the hand has taken.
    assert clock_misses(page[:0], 4) == 0
    assert clock_misses(_numbers(1, 2, 1, 3, 1, 2), 2) == 4
    assert clock_misses(_numbers(1, 2, 3, 1, 2, 3), 2) == 6


@pytest.mark.parametrize("count", [lru_misses, clock_misses])
def test_no_memory_is_refused(count: object) -> None:
    with pytest.raises(ValueError, match="frames"):
        count(_numbers(1), 0)  # type: ignore[operator]
    with pytest.raises(ValueError, match="page numbers"):
        count(_numbers(-1), 1)  # type: ignore[operator]


@pytest.mark.skipif(not has_libcachesim(), reason="libCacheSim is not installed")
def test_libcachesim_misses_as_our_lru_alone() -> None:
    page, _ = zipf_references(REFERENCES, PAGES)
    frames = frames_of(PAGES)
    with cache_sim(page) as peer:
        speed, misses = peer.run("LRU", frames)
    assert speed > 0
    assert misses * REFERENCES == pytest.approx(lru_misses(page, frames), abs=1)


def _numbers(*pages: int):  # type: ignore[no-untyped-def]
    import numpy as np

    return np.array(pages, dtype=np.int64)

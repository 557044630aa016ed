"""References a second: the whole model beside its peers, with and without history, policies alone, verify mode."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from engine.machine import Machine
from engine.mm import image as im
from engine.program import Program
from engine.study.bench import Effort, Figure, Say, at_least, interleave, missing, rate, ratio
from engine.study.bench_peers import Twin, cache_sim, has_libcachesim, textbook_lru
from engine.study.bench_workload import (
    DESIGNS,
    READAHEAD_1,
    READAHEAD_8,
    frames_of,
    references_per_second,
    zipf_program,
    zipf_references,
)
from engine.study.replacement import clock_misses, lru_misses
from engine.timeline import Timeline

WINDOWS = {READAHEAD_8: "readahead 8", READAHEAD_1: "readahead 1"}
TEXTBOOK_PAGES = 4_096
TEXTBOOK_REFERENCES = 50_000
NO_PEER = "libCacheSim's wheel (libcachesim) is not installed"


def measure_references(effort: Effort, say: Say) -> Iterator[Figure]:
    """The full model without history: each design and readahead window, libCacheSim, the twin in C."""
    page, _ = zipf_references(effort.references, effort.pages)
    frames = frames_of(effort.pages)
    programs = {
        f"{design}, {text}": zipf_program(effort.references, effort.pages, design=design, page_cluster=window)
        for design in DESIGNS for window, text in WINDOWS.items()
    }  # fmt: skip
    contenders: dict[str, Callable[[], float]] = {
        name: partial(references_per_second, program, effort.compiled) for name, program in programs.items()
    }
    twin, without_twin = _twin()
    if twin is not None:
        for text in WINDOWS.values():
            program = programs[f"legacy, {text}"]
            contenders[f"twin, {text}"] = partial(_first, twin.run, program)
    with cache_sim(page) as peer:
        if has_libcachesim():
            contenders["libCacheSim LRU"] = partial(_first, peer.run, "LRU", frames)
        found = interleave(effort.rounds, contenders, say)
    for design in DESIGNS:
        for text in WINDOWS.values():
            name = f"{design}, {text}"
            key = f"references.{design}.{text.replace(' ', '')}"
            yield rate(key, f"the full model, {name}", found[name])
            wanted = at_least(1.5) if text == WINDOWS[READAHEAD_8] else None
            what = f"{name} against libCacheSim's LRU"
            if has_libcachesim():
                yield ratio(f"{key}.per-libcachesim", what, found[name], found["libCacheSim LRU"], wanted)
            else:
                yield missing(f"{key}.per-libcachesim", what, "×", NO_PEER, wanted)
            if design != "legacy":
                continue
            what = f"{name} against the twin in C"
            if twin is not None:
                yield ratio(f"{key}.per-twin", what, found[name], found[f"twin, {text}"], at_least(0.75))
            else:
                yield missing(f"{key}.per-twin", what, "×", without_twin, at_least(0.75))
    if has_libcachesim():
        yield rate("references.libcachesim", "libCacheSim's LRU on the same references", found["libCacheSim LRU"])
    if twin is not None:
        for text in WINDOWS.values():
            yield rate(f"references.twin.{text.replace(' ', '')}", f"the twin in C, {text}", found[f"twin, {text}"])


def measure_textbook(effort: Effort, say: Say) -> Iterator[Figure]:
    """OSTEP's list-based LRU in pure Python, on a run of a size it can do."""
    pages = min(TEXTBOOK_PAGES, effort.pages)
    references = min(TEXTBOOK_REFERENCES, effort.references)
    program = zipf_program(references, pages)
    page = zipf_references(references, pages)[0].tolist()
    frames = frames_of(pages)

    def textbook() -> float:
        began = time.perf_counter()
        textbook_lru(page, frames)
        return references / (time.perf_counter() - began) / 1e6

    found = interleave(
        effort.rounds,
        {"textbook LRU": textbook, "full model": lambda: references_per_second(program, effort.compiled)},
        say,
    )
    yield rate("textbook.lru", f"OSTEP's LRU in pure Python, {pages} pages", found["textbook LRU"])
    yield ratio("textbook.per-textbook", "the full model against it", found["full model"], found["textbook LRU"])


def measure_cost(effort: Effort, say: Say) -> Iterator[Figure]:
    """What single things cost: a hit, a fault, a fault with its journal."""
    hits_only = zipf_program(effort.references, effort.pages, settings={"machine.frames": 2 * effort.pages})
    faulting = zipf_program(effort.references, effort.pages, page_cluster=READAHEAD_1)
    warm = min(len(hits_only.ops) // 2, effort.pages)

    def hit() -> float:
        machine = Machine(hits_only, effort.compiled, journal_words=8, records=8)
        machine.run(warm)
        return _per_fault(machine, len(hits_only.ops))[0]

    def fault() -> float:
        machine = Machine(faulting, effort.compiled, journal_words=8, records=8)
        machine.run(warm)
        return _per_fault(machine, len(faulting.ops))[1]

    def journaled() -> float:
        machine = Machine(faulting, effort.compiled)
        machine.run(warm)
        began, before = time.perf_counter(), machine.view.scalar(im.PGFAULT)
        position = machine.position
        while machine.position < min(len(faulting.ops), position + 20_000):
            machine.keep_journal()
            machine.run(machine.position + 2_000)
        seconds = time.perf_counter() - began
        return seconds * 1e9 / max(1, machine.view.scalar(im.PGFAULT) - before)

    found = interleave(effort.rounds, {"hit": hit, "fault": fault, "fault with journal": journaled}, say)
    yield Figure("cost.reference", "a reference where memory is ample (hits, first touches)", tuple(found["hit"]), "ns",
                 False)  # fmt: skip
    yield Figure("cost.fault", "all references' time by faults, readahead 1", tuple(found["fault"]), "ns", False)
    yield Figure("cost.fault-journaled", "the same with every change written down", tuple(found["fault with journal"]),
                 "ns", False)  # fmt: skip


def _per_fault(machine: Machine, until: int) -> tuple[float, float]:
    """Run on; nanoseconds a reference, and a fault."""
    position, before = machine.position, machine.view.scalar(im.PGFAULT)
    began = time.perf_counter()
    machine.run(until)
    took = (time.perf_counter() - began) * 1e9
    return took / max(1, machine.position - position), took / max(1, machine.view.scalar(im.PGFAULT) - before)


def measure_history(effort: Effort, say: Say) -> Iterator[Figure]:
    """Finding out the whole run with keyframes and samples, against running it and forgetting."""
    program = zipf_program(effort.references, effort.pages)

    def explored() -> float:
        timeline = Timeline(program, effort.compiled)
        began = time.perf_counter()
        timeline.run_to_end()
        return timeline.operations / (time.perf_counter() - began) / 1e6

    found = interleave(
        effort.rounds, {"with": explored, "without": lambda: references_per_second(program, effort.compiled)}, say
    )
    yield rate("history.with", "with history: keyframes and samples", found["with"])
    yield ratio("history.ratio", "with history against without", found["with"], found["without"], at_least(0.75))


def measure_policy(effort: Effort, say: Say) -> Iterator[Figure]:
    """LRU and CLOCK alone, and as the policy of the whole model, against libCacheSim's."""
    page, _ = zipf_references(effort.references, effort.pages)
    frames = frames_of(effort.pages)
    alone = {"LRU": lru_misses, "Clock": clock_misses}
    for count in alone.values():
        count(page[:10], 4)  # compiles

    def of_misses(count: Callable[..., int]) -> float:
        began = time.perf_counter()
        count(page, frames)
        return len(page) / (time.perf_counter() - began) / 1e6

    contenders: dict[str, Callable[[], float]] = {}
    for name, count in alone.items():
        contenders[f"{name} alone"] = partial(of_misses, count)
        contenders[f"{name} in the model"] = partial(
            references_per_second, policy_program(effort, name.lower()), effort.compiled
        )
    with cache_sim(page) as peer:
        if has_libcachesim():
            for name in alone:
                contenders[f"libCacheSim {name}"] = partial(_first, peer.run, name, frames)
        found = interleave(effort.rounds, contenders, say)
    for name in alone:
        key = f"policy.{name.lower()}"
        yield rate(f"{key}.alone", f"{name} alone", found[f"{name} alone"])
        yield rate(f"{key}.model", f"{name} as the policy of the full model", found[f"{name} in the model"])
        what = f"{name} alone against libCacheSim's {name}"
        if has_libcachesim():
            yield rate(f"{key}.libcachesim", f"libCacheSim's {name}", found[f"libCacheSim {name}"])
            theirs = found[f"libCacheSim {name}"]
            yield ratio(f"{key}.per-libcachesim", what, found[f"{name} alone"], theirs, at_least(5))
        else:
            yield missing(f"{key}.per-libcachesim", what, "×", NO_PEER, at_least(5))


def policy_program(effort: Effort, policy: str) -> Program:
    """The run under a policy that stands alone, without a compressed pool."""
    choices = im.schema.setting_for("machine.policy").choices
    chosen = {"machine.policy": choices.index(policy)}
    return zipf_program(effort.references, effort.pages, page_cluster=READAHEAD_1, pool_percent=0, settings=chosen)


def _first(function: Callable[..., tuple[float, Any]], *arguments: Any) -> float:
    """The speed, without what was counted."""
    return function(*arguments)[0]


def _twin() -> tuple[Twin | None, str]:
    try:
        return Twin(), ""
    except subprocess.CalledProcessError as error:
        return None, "the C compiler refused: " + error.stderr.decode(errors="replace").strip().splitlines()[-1]
    except OSError as error:
        return None, str(error)

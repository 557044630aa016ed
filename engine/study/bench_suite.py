"""All benches in their order, and running some of them."""

from __future__ import annotations

from collections.abc import Collection

from engine.mm.compiler import ensure_compiled
from engine.study import bench_growth, bench_history, bench_process, bench_speed, bench_verify
from engine.study.bench import Bench, Effort, Report, Say
from engine.study.bench_machine import describe_machine

BENCHES = (
    Bench("references", "References a second", bench_speed.measure_references),
    Bench("textbook", "Beside a textbook's Python", bench_speed.measure_textbook),
    Bench("cost", "What single things cost", bench_speed.measure_cost),
    Bench("history", "History kept", bench_speed.measure_history),
    Bench("policy", "A replacement policy alone", bench_speed.measure_policy),
    Bench("verify", "Verify mode", bench_verify.measure),
    Bench("memory", "Memory", bench_history.measure_memory, own_process=True),
    Bench("jump", "Time travel", bench_history.measure_jump),
    Bench("compile", "Compiling the engine", bench_process.measure_compile, own_process=True),
    Bench("start", "Starting", bench_process.measure_start, own_process=True),
    Bench("frame", "Drawing", bench_process.measure_frames, own_process=True),
    Bench("play", "Playing with the window open", bench_process.measure_play, own_process=True),
    Bench("growth", "Growth", bench_growth.measure_growth),
)


def run_benches(effort: Effort, only: Collection[str] | None, say: Say) -> Report:
    """Measure what the benches named in ``only`` (all, when None) measure."""
    chosen = [bench for bench in BENCHES if only is None or bench.name in only]
    report = Report(effort.name, describe_machine())
    if effort.compiled and any(not bench.own_process for bench in chosen):
        say("loading the engine")
        ensure_compiled()
    for bench in chosen:
        if bench.own_process and not effort.starts:
            continue
        for figure in bench.measure(effort, say):
            report.figures.append(figure)
    report.series = bench_growth.curves(report.figures)
    return report


def title_of(name: str) -> str:
    """The title of the bench a figure belongs to."""
    first = name.partition(".")[0]
    return next(bench.title for bench in BENCHES if bench.name == first)

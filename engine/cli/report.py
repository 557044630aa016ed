"""A run, and a comparison of runs, as people read them: what happened, where pages are, what it cost and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from engine.cli.output import print_table
from engine.execution import Run
from engine.mm.image import schema
from engine.naming import process_name
from engine.operation import VALUE_SHIFT, WHO_MASK, WHO_SHIFT
from engine.scenario import Scenario
from engine.scenario.build import place_of_operation
from engine.scenario.checks import Verdict

_GAUGES = (
    "resident_pages", "nr_free_pages", "swapped_pages", "swapcached_pages", "zswap_stored_pages", "zswap_pool_pages",
    "zero_marked_pages", "swap_used_pages", "slots_held_by_zswap", "descriptors",
)  # fmt: skip
_NOT_SHOWN = ("fault_latency_", "net_gain_bytes")


def grouped(value: int) -> str:
    """A number with thin gaps between thousands."""
    return f"{value:,}".replace(",", " ")


def duration(ns: int) -> str:
    """Nanoseconds in the unit that fits."""
    for unit, size in (("s", 1_000_000_000), ("ms", 1_000_000), ("µs", 1000)):
        if ns >= size:
            return f"{ns / size:.3g} {unit}" if ns < 1000 * size else f"{ns / size:.0f} {unit}"
    return f"{ns} ns"


def table(*headings: str) -> Table:
    """An empty table; the first column is text, the others numbers unless they are the last of three or more."""
    made = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for place, heading in enumerate(headings):
        is_text = place == 0 or (place == len(headings) - 1 and len(headings) > 2)
        made.add_column(heading, justify="left" if is_text else "right", no_wrap=not is_text or place == 0,
                        overflow="fold")  # fmt: skip
    return made


def outcome_sentence(run: Run) -> str:
    """How a run ended, in a sentence."""
    end = run.end
    made = f"{grouped(end.references)} references, {grouped(end.transitions)} transitions"
    if run.outcome == "oom":
        return f"Memory ran out at reference {grouped(run.machine.view['oom_reference'])} of the run ({made})."
    if run.outcome == "segfault":
        word = int(run.machine.ops[run.machine.position - 1])
        who = process_name(run.machine.program, (word >> WHO_SHIFT & WHO_MASK) + 1)
        page = grouped(word >> VALUE_SHIFT)
        return f"{who} touched a page that it does not have, its page {page}: a segmentation fault ({made})."
    if run.outcome == "interrupted":
        return f"Interrupted after {made}."
    return f"Ran to its end: {made}."


def fault_place(run: Run, scenario: Scenario) -> str:
    """Where in its scenario the operation stands that was a segmentation fault; empty for one of a recording."""
    number = run.machine.position
    try:
        part, line = place_of_operation(scenario, number - 1)
    except IndexError:
        return ""
    where = f", {scenario.source}:{line}" if line else ""
    return f"It was operation {grouped(number)}, of run.{part}{where}."


def print_run(run: Run, scenario: Scenario, verdicts: Sequence[Verdict], out: Console) -> None:
    """A run as ``swapscope run`` shows it."""
    out.print(Text(scenario.title, style="bold"))
    speed = f", {grouped(round(run.end.references / run.seconds))} references a second" if run.seconds else ""
    out.print(Text(outcome_sentence(run)))
    if run.outcome == "segfault" and (place := fault_place(run, scenario)):
        out.print(Text(place), soft_wrap=True)
    out.print(Text(f"Design {run.design}, {duration(run.end.simulated_ns)} of simulated time{speed}."))
    end = run.end
    figures = table("where pages are now", "pages", "meaning")
    for name in _GAUGES:
        if name in end.gauges:
            figures.add_row(name, grouped(end.gauges[name]), schema.named(name).meaning)
    print_table(figures, out)
    counters = table("what happened", "times", "meaning")
    for name, value in end.counters.items():
        if value and not name.startswith(_NOT_SHOWN):
            counters.add_row(name, grouped(value), schema.named(name).meaning)
    print_table(counters, out)
    metadata = run.machine.metadata_bytes()
    parts = ", ".join(f"{name} {grouped(value)}" for name, value in metadata.items() if name != "total")
    out.print(Text(f"Swap metadata: {grouped(metadata['total'])} bytes ({parts})."))
    if run.marks:
        out.print(_marks_table(run))
    print_verdicts(verdicts, out)


def _marks_table(run: Run) -> Table:
    marks = table("at the mark", "reference", "zswpout", "pswpout", "zswpwb", "in zswap", "slots")
    marks.columns[-1].justify = "right"
    for mark in run.marks:
        since, gauges = mark.since, mark.moment.gauges
        figures = (since["zswpout"], since["pswpout"], since["zswpwb"], gauges["zswap_stored_pages"],
                   gauges["swap_used_pages"])  # fmt: skip
        marks.add_row(mark.name, grouped(mark.moment.references), *(grouped(figure) for figure in figures))
    marks.caption = "Counters since the mark before."
    marks.caption_justify = "left"
    return marks


def print_verdicts(verdicts: Sequence[Verdict], out: Console) -> None:
    """The checks that failed, one a line, or that all passed."""
    failed = [verdict for verdict in verdicts if not verdict.passed]
    for verdict in failed:
        why = f" ({verdict.check.text})" if verdict.check.text else ""
        out.print(Text(f"check failed: {verdict}{why}", style="bold red"))
    if verdicts and not failed:
        out.print(Text(f"All {len(verdicts)} checks of the scenario passed." if len(verdicts) > 1
                       else "The scenario's check passed."))  # fmt: skip


# -- comparison -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figure:
    """One line of a comparison."""

    name: str
    value: Callable[[Run], int]
    why: str
    """What makes designs differ here."""
    text: Callable[[int], str] = grouped


def _gauge(name: str, why: str) -> Figure:
    return Figure(name, lambda run: run.end.gauges[name], why)


def _counter(name: str, why: str, text: Callable[[int], str] = grouped) -> Figure:
    return Figure(name, lambda run: run.end.counters[name], why, text)


def _metadata(part: str, why: str) -> Figure:
    return Figure(f"metadata, {part}", lambda run: run.machine.metadata_bytes()[part], why)


FIGURES = (
    Figure("references", lambda run: run.end.references, "Fewer than another design's: memory ran out earlier."),
    Figure("simulated time", lambda run: run.end.simulated_ns, "What the tasks' clock shows.", duration),
    _gauge("swap_used_pages", "legacy takes a slot at every swap-out, the others when a page is really written."),
    _gauge("slots_held_by_zswap", "Slots that hold nothing, because their page is in zswap; legacy alone has them."),
    _gauge("zswap_stored_pages", "A page that finds no slot cannot go to zswap in legacy."),
    _gauge("zswap_pool_pages", "Memory the compressed pages take."),
    _gauge("descriptors", "One for each page that is swapped out; legacy has none."),
    _gauge("virtual_clusters", "vswap's 512 virtual slots each."),
    _counter("pgmajfault", "Faults that had to bring a page back."),
    Figure("99 of 100 faults", lambda run: run.end.figures["fault_latency_p99_ns"],
           "They took at most so long, to a power of two.", duration),
    Figure("stood still", lambda run: run.end.gauges["psi_full_ns"], "Time in which no task made progress.", duration),
    _counter("zswpout", "Pages compressed."),
    _counter("zswpwb", "Pages written back by the shrink worker; only now do slots come into it elsewhere."),
    _counter("pswpout", "Pages written to a device."),
    _counter("pswpin", "Pages read from a device."),
    _counter("swap_ra", "Readahead goes by slot: without a reverse map a slot's page cannot be found."),
    _counter("swap_lookups", "Trees and tables gone through for faults: a descriptor is found in one step."),
    _counter("reverse_map_steps", "Descriptors read to find a slot's own, where no reverse map is kept."),
    _counter("swap_alloc_fail", "Pages that should have left and had to stay."),
    _counter("net_gain_bytes", "Memory won by swapping out, after compressed copies and metadata."),
    _metadata("static", "By the size of the swapfiles, used or not."),
    _metadata("dynamic", "By what is swapped out."),
    _metadata("total", "Bytes of swap metadata in all."),
)
"""What designs are compared by, in the order they are shown."""


def print_comparison(runs: Sequence[Run], scenario: Scenario, out: Console, *, reasons: bool = True) -> None:
    """Runs of the same operations side by side; with ``reasons``, what makes designs differ in each figure."""
    out.print(Text(scenario.title, style="bold"))
    for run in runs:
        out.print(Text(f"{run.design}: {outcome_sentence(run)}"))
    compared = table("figure", *(run.design for run in runs), *(["why"] if reasons else []))
    if not reasons:
        for column in compared.columns[1:]:
            column.justify = "right"
            column.no_wrap = True
    for figure in FIGURES:
        values = [figure.value(run) for run in runs]
        if any(values):
            differs = len(set(values)) > 1
            compared.add_row(
                Text(figure.name, style="bold" if differs else ""), *(figure.text(value) for value in values),
                *([figure.why if differs else ""] if reasons else []),
            )  # fmt: skip
    print_table(compared, out)

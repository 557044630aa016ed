"""A benchmark report as Markdown for the docs, and its growth as a picture."""

from __future__ import annotations

import math
from collections.abc import Iterator
from html import escape

from engine.study.bench import Figure, Report, number_text
from engine.study.bench_suite import BENCHES, title_of

WIDTH, HEIGHT = 1000, 340
MARGIN_LEFT, MARGIN_RIGHT, MARGIN_TOP, MARGIN_BOTTOM, GAP = 56, 16, 34, 48, 44
AXES = {"pages": "pages", "pool": "pool, % of memory", "processes": "processes"}


def value_text(figure: Figure) -> str:
    """The number with its unit, or a dash."""
    return "–" if figure.value is None else f"{number_text(figure.value)} {figure.unit}"


def wanted_text(figure: Figure) -> str:
    """What was wanted of it and whether it was reached."""
    if figure.wanted is None:
        return ""
    sign = {True: " ✓", False: " ✗", None: ""}[figure.met]
    return f"{figure.wanted}{sign}"


def markdown(report: Report) -> str:
    """The report's tables, one a bench, with machine and versions."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    machine = report.machine
    memory = f", {machine['memory_gib']} GiB" if machine["memory_gib"] else ""
    yield f"Machine: {machine['processor']}, {machine['cores']} cores{memory}, {machine['system']}; "
    yield f"load before the run {machine['load']}. Effort: {report.effort}.  "
    yield "Versions: " + ", ".join(f"{name} {version}" for name, version in machine["versions"].items()) + "."
    for bench in BENCHES:
        figures = [figure for figure in report.figures if title_of(figure.name) == bench.title]
        if not figures:
            continue
        yield ""
        yield f"### {bench.title}"
        yield ""
        yield "| what | measured | wanted |"
        yield "|---|---:|---:|"
        for figure in figures:
            note = f" ({figure.note})" if figure.note else ""
            yield f"| {figure.what}{note} | {value_text(figure)} | {wanted_text(figure)} |"


def growth_svg(series: dict[str, list[tuple[float, float]]]) -> str:
    """The growth curves side by side, references a second from zero upwards; a picture of its own, as SVG."""
    names = [name for name in AXES if series.get(name)]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
    ]
    if names:
        wide = (WIDTH - MARGIN_LEFT - MARGIN_RIGHT - GAP * (len(names) - 1)) / len(names)
        for place, name in enumerate(names):
            parts += _panel(AXES[name], series[name], MARGIN_LEFT + place * (wide + GAP), wide, name != "pool")
    parts.append("</svg>")
    return "\n".join(parts) + "\n"


def _panel(label: str, points: list[tuple[float, float]], left: float, wide: float, logarithmic: bool) -> Iterator[str]:
    """One curve with its axes; x logarithmic where sizes differ by magnitudes."""
    bottom = HEIGHT - MARGIN_BOTTOM
    high = bottom - MARGIN_TOP
    top_value = _nice_above(max(value for _, value in points))
    places = [math.log10(size) if logarithmic else size for size, _ in points]
    low, span = min(places), (max(places) - min(places)) or 1.0
    xs = [left + (place - low) / span * wide for place in places]
    for step in range(5):
        y = bottom - high * step / 4
        yield f'<line x1="{left:.1f}" y1="{y:.1f}" x2="{left + wide:.1f}" y2="{y:.1f}" stroke="#dddddd"/>'
        text = number_text(top_value * step / 4)
        yield f'<text x="{left - 6:.1f}" y="{y + 4:.1f}" text-anchor="end" fill="#444444">{text}</text>'
    for x, (size, _) in zip(xs, points, strict=True):
        yield f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle" fill="#444444">{_size_text(size)}</text>'
    line = " ".join(
        f"{x:.1f},{bottom - high * value / top_value:.1f}" for x, (_, value) in zip(xs, points, strict=True)
    )
    yield f'<polyline points="{line}" fill="none" stroke="#2f6db3" stroke-width="2"/>'
    for x, (size, value) in zip(xs, points, strict=True):
        y = bottom - high * value / top_value
        told = escape(f"{number_text(value)} M refs/s at {_size_text(size)}")
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="#2f6db3"><title>{told}</title></circle>'
    middle = left + wide / 2
    yield f'<text x="{middle:.1f}" y="{HEIGHT - 10}" text-anchor="middle" fill="#222222">{escape(label)}</text>'
    yield f'<text x="{left:.1f}" y="{MARGIN_TOP - 14}" fill="#222222">M references/s</text>'


def _size_text(size: float) -> str:
    for unit, name in ((1_000_000, " M"), (1_000, " k")):
        if size >= unit:
            return f"{size / unit:g}{name}"
    return f"{size:g}"


def _nice_above(value: float) -> float:
    """The next of 1, 2, 4 or 8 times a power of ten at or above a value."""
    power = 10.0 ** math.floor(math.log10(value)) if value > 0 else 1.0
    return next(step * power for step in (1, 2, 4, 8, 10) if step * power >= value)

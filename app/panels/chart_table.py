"""What the charts draw as a table of numbers: every sample a line, in CSV."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from app.series import Series, drawn, latency, latency_by_part, metadata, pressure, where_pages_live


def write_table(path: Path, series: Series, figure: str, over: str = "", growth: bool = False) -> None:
    """Every sample of every ready-made chart, and of a figure (over another); empty where there is no value.

    Raises OSError when it cannot be written.
    """
    columns = table(series, figure, over, growth)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for row in zip(*columns.values(), strict=True):
            writer.writerow([_cell(value) for value in row])


def table(series: Series, figure: str, over: str = "", growth: bool = False) -> dict[str, np.ndarray]:
    """The columns by name, each of shape (samples,); NaN where there is no value."""
    every = np.arange(len(series.transition))
    columns: dict[str, np.ndarray] = {
        "transition": series.transition,
        "references": series.of("references"),
        "time_ns": series.time_ns,
    }
    for curve in where_pages_live(series, every):
        columns[f"{curve.name.replace(' ', '_')}_pages"] = curve.values
    for ends, lines in (latency(series), latency_by_part(series)):
        for curve in lines:
            spread = np.full(len(every), np.nan)
            spread[ends] = curve.values
            columns[f"fault_latency_{curve.name.replace(' ', '_')}_us"] = spread
    for curve in pressure(series, every):
        columns[f"psi_{curve.name}_percent"] = curve.values
    for curve in metadata(series, every):
        columns[f"metadata_{curve.name}_kib"] = curve.values
    columns[f"{figure} / {over}" if over else figure] = drawn(series, every, figure, over, growth)
    return columns


def _cell(value: float) -> str:
    """A number for a table: whole where it is, empty where there is none."""
    if np.isnan(value):
        return ""
    return str(int(value)) if value % 1 == 0 else f"{value:.10g}"

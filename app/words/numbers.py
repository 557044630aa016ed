"""How numbers are written for people: counts with thin gaps, times with a fitting unit."""

from __future__ import annotations

GAP = "\u202f"
"""Narrow no-break space between groups of three digits."""


def count(number: int) -> str:
    """``20480`` as ``20 480``."""
    return f"{number:,}".replace(",", GAP)


def duration(ns: float) -> str:
    """Nanoseconds as ``870 ns``, ``12.3 µs``, ``41.7 ms``, ``3.20 s`` or ``5.2 min``."""
    if ns < 1_000:
        return f"{ns:.0f} ns"
    for unit, size, limit in (("µs", 1e3, 1e6), ("ms", 1e6, 1e9), ("s", 1e9, 120e9)):
        if ns < limit * 0.9995:
            value = ns / size
            digits = 2 if value < 9.995 else 1 if value < 99.95 else 0
            return f"{value:.{digits}f} {unit}"
    return f"{ns / 60e9:.1f} min"

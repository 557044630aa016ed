"""Memory references: recordings of real programs, their files, and made-up patterns.

:class:`Recording` is the one form; :func:`load_trace` and :func:`save_trace` read and write its two
file forms (``docs/traces.md``); :mod:`engine.trace.lackey` records a program, and
:mod:`engine.trace.generate` makes patterns up.
"""

from engine.trace.files import load_trace, save_trace
from engine.trace.recording import PAGE_BYTES, Recording, Region

__all__ = ["PAGE_BYTES", "Recording", "Region", "load_trace", "save_trace"]

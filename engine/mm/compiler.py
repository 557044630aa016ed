"""Compiling the model: once, ahead of use or in the background; later processes load what was made then."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np

from engine.mm.journal import swap_back, swap_forward
from engine.mm.kernel import cache_folder, compiled, entry_names, objects, use_loaded
from engine.mm.ledger import follow
from engine.mm.linking import link_late
from engine.mm.marking import mark_descriptors, mark_pages, mark_slot_names, mark_slots, walk_list
from engine.mm.mover import move
from engine.mm.object_code import keep, load
from engine.mm.packing import copy_words, pack_spans, unpack_spans
from engine.mm.run import run, run_unrecorded

_ready = threading.Event()
_lock = threading.Lock()


def is_ready() -> bool:
    """Whether the machine code is in memory."""
    return _ready.is_set()


def load_compiled() -> bool:
    """Load the machine code that an earlier process kept; False when there is none, or it is damaged. Quick."""
    with _lock:
        if not _ready.is_set() and use_loaded(load(cache_folder())):
            _ready.set()
        return _ready.is_set()


def ensure_compiled() -> None:
    """Load the machine code, or compile the model and keep it; at once when that was done before."""
    if _ready.is_set() or load_compiled():
        return
    with _lock:
        if not _ready.is_set():
            _call_entries()
            made = objects()
            if made:
                keep(cache_folder(), made)
            _ready.set()


def compile_in_background(done: Callable[[], None] | None = None) -> threading.Thread:
    """Start :func:`ensure_compiled` in a thread of its own; ``done`` is called from there at its end."""

    def work() -> None:
        ensure_compiled()
        if done is not None:
            done()

    thread = threading.Thread(target=work, name="compile the model", daemon=True)
    thread.start()
    return thread


def _call_entries() -> None:
    """Calling with nothing to do makes each entry's machine code for the one signature that is used."""
    nothing = np.zeros(64, dtype=np.int64)
    with link_late(entry_names()):
        compiled(run)(nothing, nothing, 0, 0, 0)
        compiled(run_unrecorded)(nothing, nothing, 0, 0, 0, 1, nothing)
        compiled(swap_back)(nothing, 0, 0)
        compiled(swap_forward)(nothing, 0, 0)
        narrow = (nothing.view(np.uint8), nothing.view(np.uint16), nothing.view(np.uint32))
        no_spans = nothing[:0]
        compiled(copy_words)(nothing, no_spans, nothing)
        compiled(pack_spans)(nothing, no_spans, *narrow, nothing)
        compiled(unpack_spans)(nothing, no_spans, *narrow, nothing)
        marks = narrow[0][:0]
        compiled(mark_descriptors)(nothing, marks)
        compiled(mark_slot_names)(nothing, 0, marks)
        compiled(mark_slots)(nothing, 0, 0, marks, marks)
        compiled(mark_pages)(nothing, 0, 0, marks, marks, marks, marks, marks)
        compiled(walk_list)(nothing, 0, 0, nothing)
        compiled(follow)(nothing, nothing, nothing, nothing)
        compiled(move)(nothing, 0, 0, nothing, nothing, nothing, nothing, nothing)

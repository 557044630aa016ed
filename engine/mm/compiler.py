"""Compiling the model: once, ahead of use or in the background; later processes load what was made then."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from typing import Any

import numpy as np

from engine.mm.journal import swap_back, swap_forward
from engine.mm.kernel import cache_folder, compiled, entry_names, objects, use_loaded
from engine.mm.ledger import follow
from engine.mm.linking import link_late
from engine.mm.marking import mark_descriptors, mark_pages, mark_slot_names, mark_slots, walk_list
from engine.mm.mover import move
from engine.mm.object_code import Object, keep, linked, load
from engine.mm.packing import copy_words, pack_spans, unpack_spans
from engine.mm.run import run, run_unrecorded
from engine.mm.second_process import hand_over, processors, second_process

IN_FIRST_PROCESS = frozenset({"run", "swap_back", "swap_forward", "follow", "move"})
"""Entries that this process compiles when a second one takes the others: one of the two large ones in each."""

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
            _compile()
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


def _compile() -> None:
    """All entries, with two processors in two processes; kept, and used as a later process will use it."""
    folder = cache_folder()
    made: dict[str, Object] = {}
    if processors() > 1:
        with second_process(folder.name, entry_names() - IN_FIRST_PROCESS) as second:
            _call_entries(IN_FIRST_PROCESS)
            made = second.objects()
    if not made:
        _call_entries(entry_names())
    made |= objects()
    if set(made) == entry_names():
        keep(folder, made)
        use_loaded(linked(made))


def compile_for_another(folder: str, names: list[str]) -> None:
    """In the second process: compile these entries, if its model is the one the first has, and hand them over."""
    if cache_folder().name == folder:
        _call_entries(set(names))
        hand_over(objects())


def _call_entries(names: Collection[str]) -> None:
    """Calling with nothing to do makes an entry's machine code for the one signature that is used."""
    nothing = np.zeros(64, dtype=np.int64)
    narrow = (nothing.view(np.uint8), nothing.view(np.uint16), nothing.view(np.uint32))
    no_spans, marks = nothing[:0], narrow[0][:0]
    arguments: dict[Callable[..., Any], tuple[Any, ...]] = {
        run: (nothing, nothing, 0, 0, 0),
        run_unrecorded: (nothing, nothing, 0, 0, 0, 1, nothing),
        swap_back: (nothing, 0, 0),
        swap_forward: (nothing, 0, 0),
        copy_words: (nothing, no_spans, nothing),
        pack_spans: (nothing, no_spans, *narrow, nothing),
        unpack_spans: (nothing, no_spans, *narrow, nothing),
        mark_descriptors: (nothing, marks),
        mark_slot_names: (nothing, 0, marks),
        mark_slots: (nothing, 0, 0, marks, marks),
        mark_pages: (nothing, 0, 0, marks, marks, marks, marks, marks),
        walk_list: (nothing, 0, 0, nothing),
        follow: (nothing, nothing, nothing, nothing),
        move: (nothing, 0, 0, nothing, nothing, nothing, nothing, nothing),
    }
    with link_late(entry_names()):
        for function, given in arguments.items():
            if function.__qualname__ in names:
                compiled(function)(*given)

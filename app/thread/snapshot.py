"""Copies of the image for the window to read while the engine runs on.

The engine changes its image in place, in another thread. What the views draw is therefore a copy
of the words in use, made between two commands; two buffers take turns, so that nothing is
allocated while playing.
"""

from __future__ import annotations

import numpy as np

from engine.mm.compiler import is_ready
from engine.mm.layout import Image, Layout, used_spans
from engine.mm.packing import copy_spans
from engine.mm.view import View


class Snapshots:
    """Two copies of images of one layout; the one shown is never the one written."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self._buffers = [_Buffer(layout), _Buffer(layout)]
        self._next = 0

    def take(self, words: Image) -> View:
        """Copy the image into the buffer that is not shown; valid until the call after the next."""
        buffer = self._buffers[self._next]
        self._next = 1 - self._next
        buffer.fill(words)
        return buffer.view

    def take_back(self) -> None:
        """The copy made last was never shown: the next one goes into the same buffer."""
        self._next = 1 - self._next


class _Buffer:
    """One copy; remembers how far it was filled, because a step back leaves fewer rows in use."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._ends: dict[int, int] = {}
        self.words: Image = np.zeros(layout.state_words, dtype=np.int64)
        layout.write_addresses(self.words)
        self.view = View(self.words, layout)

    def fill(self, words: Image) -> None:
        spans = []
        for start, end in used_spans(words, self._layout):
            spans.append((start, max(self._ends.get(start, end), end), start))
            self._ends[start] = end
        if is_ready():
            copy_spans(words, spans, self.words)
        else:
            for start, end, _ in spans:
                np.copyto(self.words[start:end], words[start:end])

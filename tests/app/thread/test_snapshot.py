"""What is shown stays as it is while the engine goes on."""

from __future__ import annotations

import numpy as np
import pytest

from app.thread.snapshot import Snapshots
from engine.mm import image as im
from engine.mm.layout import Needs, lay_out


@pytest.fixture
def layout():
    return lay_out(Needs(1, 1, 16, 0, 32, (64,), 1, journal_words=64, records=8))


def test_two_copies_take_turns(layout):
    words, snapshots = layout.new_image(), Snapshots(layout)
    shown = []
    for value in (1, 2):
        words[im.NOW] = value
        shown.append(snapshots.take(words))
    assert [view["now"] for view in shown] == [1, 2]
    words[im.NOW] = 3
    assert snapshots.take(words).words is shown[0].words
    assert shown[1]["now"] == 2


def test_a_copy_that_was_never_shown_is_written_again(layout):
    words, snapshots = layout.new_image(), Snapshots(layout)
    first = snapshots.take(words)
    second = snapshots.take(words)
    snapshots.take_back()
    words[im.NOW] = 7
    assert snapshots.take(words).words is second.words
    assert first["now"] == 0


def test_rows_that_a_step_back_took_out_of_use_are_gone(layout):
    words, snapshots = layout.new_image(), Snapshots(layout)
    width, base = im.zswap.width, layout.base["zswap"]
    words[im.ZSWAP_TOP] = 3
    words[base + width : base + 4 * width] = 9
    for _ in range(2):
        assert np.count_nonzero(snapshots.take(words).zswap) == 3 * width
    words[im.ZSWAP_TOP] = 0
    words[base : base + 4 * width] = 0
    for _ in range(2):
        assert np.count_nonzero(snapshots.take(words).zswap) == 0

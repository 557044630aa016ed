"""Of many wishes only the newest is granted."""

from __future__ import annotations

import threading

from app.thread.newest import Newest


class Granted(Newest):
    """Keeps what was granted; the first wish takes until it is let go on."""

    def __init__(self, pause=0.0):
        super().__init__("granted", pause=pause)
        self.granted = []
        self.begun, self.go_on = threading.Event(), threading.Event()

    def grant(self, wish):
        self.begun.set()
        self.go_on.wait(5)
        self.granted.append((wish, self.going_on()))


def test_a_wish_that_a_newer_one_replaced_is_never_granted(qtbot):
    thread = Granted()
    thread.want("first")
    assert thread.begun.wait(5)
    thread.want("second")
    thread.want("third")
    thread.go_on.set()
    qtbot.waitUntil(lambda: len(thread.granted) == 2, timeout=5000)
    thread.close()
    assert thread.granted == [("first", False), ("third", True)], "the first was told that it is wanted no more"


def test_nothing_is_granted_before_it_was_left_alone_for_the_pause(qtbot):
    thread = Granted(pause=0.2)
    thread.go_on.set()
    for wish in "abc":
        thread.want(wish)
    qtbot.waitUntil(lambda: bool(thread.granted), timeout=5000)
    thread.close()
    assert [wish for wish, _ in thread.granted] == ["c"]


def test_a_thread_that_was_never_wanted_can_be_closed(qtbot):
    thread = Granted()
    thread.close()
    assert not thread.isRunning()
    assert thread.granted == []

"""Where the cursor is sent: a number, a fault, a mark, a bookmark, around a loop; and how fast it goes, remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QInputDialog

from app.thread.player import SPEED_STEPS, Unit
from app.words.numbers import count
from engine.mm import transitions as tr

if TYPE_CHECKING:
    from app.shell.window import MainWindow


class Going(QObject):
    """Turns what one window is asked for into jumps of its player."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window, self._player, self._settings = window, window.player, window.settings
        self._restore()
        self._player.changed.connect(self._remember)
        window.timeline.loop_requested.connect(self.loop)

    def ask_and_jump(self) -> None:
        """Ask for a transition's number and go there."""
        frame = self._window.frame
        if frame is None:
            return
        moment = frame.moment
        known = count(moment.length) + ("" if moment.complete else self.tr(" so far"))
        number, good = QInputDialog.getInt(
            self._window, self.tr("Jump to transition"), self.tr("Transition, 0 to {known}:").format(known=known),
            moment.transition.number, 0, 2**31 - 1,
        )  # fmt: skip
        if good:
            self._player.jump(number)

    def seek_fault(self, direction: int) -> None:
        """To the next or previous fault."""
        self._player.seek(frozenset({tr.FAULT}), direction)

    def seek_mark(self, direction: int) -> None:
        """To the scenario's next or previous mark."""
        self._player.seek(frozenset({tr.MARK}), direction)

    # -- bookmarks ------------------------------------------------------------------------------

    def ask_and_bookmark(self) -> None:
        """Ask for a name for this moment; the bookmark that is here is renamed, or taken away by an empty name."""
        window = self._window
        if window.frame is None:
            return
        number = window.frame.moment.transition.number
        there = window.bookmarks.at(number)
        name = there.name if there else self.tr("transition {number}").format(number=count(number))
        label = self.tr("Name of this moment; empty takes its bookmark away:")
        text, good = QInputDialog.getText(window, self.tr("Bookmark"), label, text=name)
        if good:
            window.bookmarks.put(number, text)

    def seek_bookmark(self, direction: int) -> None:
        """To the next (1) or last (-1) bookmark."""
        window = self._window
        if window.frame is None:
            return
        found = window.bookmarks.neighbour(window.frame.moment.transition.number, direction)
        if found is None:
            window.status.say(self.tr("There is no bookmark in this direction."))
        else:
            self._player.jump(found.at)

    # -- playing --------------------------------------------------------------------------------

    def toggle_loop(self) -> None:
        """Play the part of the run that the timeline shows again and again, or the whole run again."""
        first, last = self._window.timeline.span
        self.loop(None if self._window.timeline.loop else (round(first), round(last)))

    def loop(self, span: tuple[int, int] | None) -> None:
        """Play the transitions of a span (first, last) again and again; None: the whole run."""
        self._window.timeline.show_loop(span)
        self._window.actions_by_name["loop"].setChecked(span is not None)
        self._window.worker.loop(span)

    def change_speed(self, by: int) -> None:
        """Move the speed slider."""
        self._player.choose_speed(self._player.position + by)

    def escape(self) -> None:
        """Out of the lecture; else what takes long is stopped."""
        if self._window.lecture.on:
            self._window.lecture.leave()
        else:
            self._player.pause()

    def _restore(self) -> None:
        player, settings = self._player, self._settings
        player.position = min(SPEED_STEPS, max(0, settings.get("speed")))
        kinds = {kind.name: kind.number for kind in tr.KINDS}
        player.event_kind = kinds.get(settings.get("event"), tr.WRITE_BACK)
        if settings.get("unit") in set(Unit):
            player.unit = Unit(settings.get("unit"))

    def _remember(self) -> None:
        self._settings.set("speed", self._player.position)
        self._settings.set("unit", str(self._player.unit))
        self._settings.set("event", tr.KINDS[self._player.event_kind].name)

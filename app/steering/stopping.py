"""Searches, and stops while playing: between the Find panel and the engine's thread."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from app.moment import Selected
from app.words.said import said
from engine.reading.chain import Place
from engine.scenario.query import QueryError
from engine.stops import Found, Stop, find_stop, read_stop, search, suggestions
from engine.why import thing_name

if TYPE_CHECKING:
    from app.panels.find import FindPanel
    from app.shell.docks import Docks
    from app.shell.status import StatusLine
    from app.thread.frames import Frame
    from app.thread.player import Player
    from app.thread.worker import Worker
    from engine.program import Program
    from engine.timeline import Timeline


class Stopping(QObject):
    """The searches and stops of one window."""

    def __init__(self, worker: Worker, player: Player, docks: Docks, status: StatusLine, parent: QObject) -> None:
        super().__init__(parent)
        self._worker, self._player, self._docks, self._status = worker, player, docks, status
        self._program: Program | None = None
        self._frame: Frame | None = None
        self._selection: tuple[Selected, ...] = ()
        self._asked = 0
        worker.told.connect(self._told)

    def follow(self, panel: FindPanel) -> None:
        """The panel has been made."""
        panel.search_wanted.connect(self.search)
        panel.stop_wanted.connect(self.add)
        panel.selection_wanted.connect(self.add_selection)
        panel.stops_changed.connect(self._worker.stop_at)
        panel.seek_wanted.connect(self.seek)
        panel.take.setEnabled(bool(self._selection))
        if self._program is not None:
            panel.suggest(suggestions(self._program))

    @property
    def _panel(self) -> FindPanel:
        return self._docks.find

    def clear(self, program: Program) -> None:
        """Another run is opened."""
        self._frame, self._program = None, program
        if self._docks.has("find"):
            self._panel.clear()
            self._panel.suggest(suggestions(program))

    def show_frame(self, frame: Frame, selection: tuple[Selected, ...]) -> None:
        """What the lines are read against, and what can be stopped at by a click."""
        self._frame, self._selection = frame, selection
        if self._docks.has("find"):
            self._panel.take.setEnabled(bool(selection))

    def open_panel(self) -> None:
        """The keyboard into the field of the search, with the panel in front."""
        self._docks.call("find")
        self._panel.words.setFocus()
        self._panel.words.selectAll()

    def search(self, words: str) -> None:
        """Look for words in every transition of the run."""
        self._asked += 1
        asked = self._asked
        self._panel.begin_results()
        self._worker.begin("search", lambda timeline: _search(timeline, words, asked))

    def add(self, line: str) -> None:
        """A line as a stop, or what is wrong with it."""
        if self._frame is None:
            return
        try:
            stop = read_stop(line, self._frame.moment.program, self._frame.moment.view)
        except QueryError as error:
            parts = [said(error.what), error.expected and self.tr("expected: {}").format(said(error.expected)),
                     error.near and self.tr("meant: {}?").format(error.near)]  # fmt: skip
            text = "; ".join(part for part in parts if part)
            self._panel.show_problem(text[:1].upper() + text[1:] + ("" if text.endswith("?") else "."))
            return
        self._panel.show_problem("")
        self._panel.add_stop(stop)

    def add_selection(self) -> None:
        """What is selected as a stop."""
        if self._frame is not None and self._selection:
            one = self._selection[0]
            place = Place(str(one.thing), one.number, one.owner)
            self._panel.add_stop(Stop(said(thing_name(self._frame.moment.program, place)), place=place))

    def seek(self, direction: int) -> None:
        """To the next (1) or last (-1) place where a stop is met."""
        stops = self._panel.switched_on()
        if not stops:
            self._status.say(self.tr("Nothing to stop at: add a stop in Find."))
            return
        self._player.pause()
        self._worker.begin("stop", lambda timeline: _seek(timeline, stops, direction > 0))

    def _told(self, name: str, answer: Any) -> None:
        if name == "search":
            asked, found, done = answer
            if asked == self._asked:
                self._panel.add_results(found, done)
        elif name == "stop":
            if answer == 0:
                self._status.say(self.tr("No stop is met in this direction."))
            else:
                number, stop = answer
                self._player.jump(number)
                self._panel.show_met(stop)
        elif name == "stopped":
            number, stop = answer
            self._panel.show_met(stop)
            self._status.say(self.tr("Stopped: {text}").format(text=stop.text))


def _search(timeline: Timeline, words: str, asked: int) -> Iterator[object]:
    for found in search(timeline, words, tell=said):
        yield (asked, found, False) if found else None
    nothing: list[Found] = []
    yield asked, nothing, True


def _seek(timeline: Timeline, stops: tuple[Stop, ...], forward: bool) -> Iterator[object]:
    for found in find_stop(timeline, stops, forward):
        yield found
        if found is not None:
            return
    yield 0

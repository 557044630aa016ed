"""The badge of invariants: examined when the cursor rests, told by a click."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QLabel

from app.shell.health import HealthDialog
from engine.invariants import INVARIANTS, Broken


def test_the_badge_says_that_all_hold_once_the_cursor_rests(window, qtbot):
    badge = window.status.health
    window.player.jump(40)
    qtbot.waitUntil(lambda: badge.found == () and badge.at == 40, timeout=10_000)
    assert str(len(INVARIANTS)) in badge.text()
    window.player.step(1)
    qtbot.waitUntil(lambda: badge.found == () and badge.at == 41, timeout=10_000)


def test_a_broken_image_is_named(window, qtbot, cursor):
    window.player.jump(120)
    qtbot.waitUntil(lambda: cursor() == 120 and window.status.health.found == ())

    def spoil(timeline):
        from engine.mm import image as im

        timeline.view.words[im.schema.named("nr_free_pages").address] += 3

    window.worker.ask(spoil, lambda _answer: None)
    window.health._shown = None
    window.worker.watch(0, 10)  # another frame
    qtbot.waitUntil(lambda: bool(window.status.health.found), timeout=10_000)
    badge = window.status.health
    assert badge.found[0].invariant in badge.text()
    assert badge.found[0].sentence in badge.toolTip()


def test_a_click_lists_every_invariant_with_the_broken_one_first(window, qtbot):
    name = INVARIANTS[-1].name
    window.status.health.show_found((Broken(name, "3 is not 4 & so on"),), 7)
    seen = []

    def look():
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, HealthDialog)
        seen.extend(label.text() for label in dialog.findChildren(QLabel) if "<b>" in label.text())
        dialog.reject()

    QTimer.singleShot(50, look)
    qtbot.mouseClick(window.status.health, Qt.MouseButton.LeftButton)
    assert len(seen) == len(INVARIANTS)
    assert name in seen[0]
    assert "3 is not 4 &amp; so on" in seen[0]

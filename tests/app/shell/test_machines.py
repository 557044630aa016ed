"""Machines side by side and overlaid: at the same operation, one selection, zoom and depth, differences marked."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app.canvas import Depth
from app.moment import Selected, Thing
from engine.reading import chain
from engine.reading.apart import SAME
from engine.variant import Change, Variant

SMALLER = Variant(Change.SETTING, 30, "machine.frames")
TODAY = Variant(Change.DESIGN, 0)


@pytest.fixture
def beside(window, qtbot, cursor):
    """The run under less memory beside it, at transition 500."""
    window.looks.choose_motion("none")
    window.player.jump(500)
    qtbot.waitUntil(lambda: cursor() == 500)
    window.comparing.choose((SMALLER,))
    settle(window, qtbot)
    return window.machines


def settle(window, qtbot, others=1):
    """Wait until the others are where the cursor is."""
    def there():
        machines = window.machines
        done = window.frame.operations + 1
        return len(machines._seen) == others and all(
            one.moment.transition.operation + 1 == done for one in machines._seen if one.said
        )

    qtbot.waitUntil(there, timeout=20_000)
    QTest.qWait(30)


def spot(canvas, thing):
    return canvas.scene.place(thing).center().toPoint()


def test_two_machines_stand_beside_each_other_with_their_names(beside, qtbot):
    first, second = beside.together
    assert first is beside.canvas
    assert second.isVisible()
    assert abs(first.width() - second.width()) <= 1
    assert [heading.name for heading in beside.headings] == ["frames = 48 pages", "frames = 30 pages"]
    assert "differ" in beside.headings[1].difference
    assert second.scene.facts.memory.frames == 30
    assert beside.legend.isVisible()
    assert not first.legend_visible


def test_stepping_one_steps_all(window, beside, qtbot, cursor):
    window.canvas.setFocus()
    for number in range(501, 508):
        before = beside._seen
        qtbot.keyClick(window.canvas, Qt.Key.Key_Right)
        qtbot.waitUntil(lambda number=number, before=before: cursor() == number and beside._seen is not before,
                        timeout=20_000)  # fmt: skip
        settle(window, qtbot)
        other = beside._seen[0].moment
        assert other.transition.operation == window.frame.operations
        assert beside.together[1].scene.facts.scalar(other.view.layout.base["pte"]) is not None
        if beside._seen[0].said:
            assert beside.headings[1].sentence


def test_a_page_selected_in_either_is_lit_in_both(window, beside, qtbot):
    first, second = beside.together
    page = Selected(Thing.PAGE, 40, 1)
    qtbot.mouseClick(second, Qt.MouseButton.LeftButton, pos=spot(second, page))
    assert window.showing.selection == (page,)
    assert first.selection == second.selection == (page,)
    assert second.lit.things
    other = Selected(Thing.PAGE, 7, 1)
    qtbot.mouseClick(first, Qt.MouseButton.LeftButton, pos=spot(first, other))
    assert second.selection == (other,)


def test_a_frame_selected_there_selects_its_page_here(window, beside, qtbot):
    _first, second = beside.together
    view = beside._seen[0].moment.view
    frames = [Selected(Thing.FRAME, number) for number in range(1, 31)]
    frame = next(one for one in frames if chain(view, one).pages and second.scene.place(one))
    qtbot.mouseClick(second, Qt.MouseButton.LeftButton, pos=spot(second, frame))
    process, page = chain(view, frame).pages[0]
    assert window.showing.selection == (Selected(Thing.PAGE, page, process),)
    assert frame in second.lit.things


def test_what_is_pointed_at_in_one_is_lit_in_the_other(beside, qtbot):
    first, second = beside.together
    page = Selected(Thing.PAGE, 33, 1)
    qtbot.mouseMove(first, spot(first, page))
    assert second._echoes == (page,)
    lit = second.grab().toImage()
    qtbot.mouseMove(first, QPoint(1, 1))
    assert second._echoes == ()
    assert second.grab().toImage() != lit


def test_zoom_and_depth_are_those_of_all(window, beside, qtbot):
    first, second = beside.together
    second.zoom(0, 4)
    assert first.zoom_of(0) == second.zoom_of(0) == 4
    first.scroll_to(0, 20)
    assert second.looks == first.looks
    qtbot.keyClick(first, Qt.Key.Key_0)
    assert second.zoom_of(0) == first.zoom_of(0)
    qtbot.keyClick(first, Qt.Key.Key_1)
    assert first.detail is second.detail is Depth.STORY
    qtbot.keyClick(first, Qt.Key.Key_2)


def test_differences_are_marked_in_both(beside):
    first, second = beside.together
    for canvas in (first, second):
        marks = canvas.marking.others[0].of("page", 1)
        assert (marks != SAME).any()
        assert not canvas.marking.pictured
        marked = canvas.grab().toImage()
        kept, canvas.marking = canvas.marking, None
        assert canvas.grab().toImage() != marked
        canvas.marking = kept
    ours = beside.canvas.scene.facts.processes[0].marks
    theirs = second.scene.facts.processes[0].marks
    assert np.array_equal(first.marking.others[0].of("page", 1) != SAME, ours != theirs)


def test_overlaid_a_mark_shows_what_it_is_there(window, beside, qtbot):
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas, Qt.Key.Key_O)
    settle(window, qtbot)
    assert beside.together == [beside.canvas]
    assert not beside.headings[0].isVisible()
    marking = beside.canvas.marking
    assert marking.pictured
    assert marking.names == ("frames = 30 pages",)
    marks = marking.others[0].of("page", 1)
    theirs = beside._seen[0].moment.extras["facts"].processes[0].marks
    assert np.array_equal(marks[marks != SAME], theirs[marks != SAME])
    from app.canvas.legend import differences

    pages = int((marks != SAME).sum())
    assert differences(marking)[0].startswith(f"frames = 30 pages: {pages} pages")
    with_marks = beside.canvas.grab().toImage()
    beside.canvas.marking = None
    assert beside.canvas.grab().toImage() != with_marks


def test_three_at_once(window, beside, qtbot):
    window.comparing.choose((SMALLER, TODAY))
    settle(window, qtbot, 2)
    assert len(beside.together) == 3
    assert all(canvas.isVisible() for canvas in beside.together)
    assert beside.headings[2].name == "today's design"
    assert beside.together[2].scene.facts.names.design == "legacy"
    window.comparing.choose(())
    assert [canvas.isVisible() for canvas in beside.canvases] == [True, False, False]
    assert beside.canvas.marking is None


def test_the_way_of_showing_is_remembered(window, beside, qtbot, new_window):
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas, Qt.Key.Key_A)
    assert window.settings.get("compare_view") == "alone"
    assert not beside.headings[0].isVisible()
    assert window.canvas.marking is None
    window.actions_by_name["machines_over"].trigger()
    assert window.docks.compare.views["over"].isChecked()
    again = new_window()
    assert again.actions_by_name["machines_over"].isChecked()
    assert str(again.comparing.beside) == "over"


def test_an_unknown_way_in_the_settings_is_none(new_window, window):
    window.settings.set("compare_view", "upside down")
    assert str(new_window().comparing.beside) == "side"


def test_the_window_does_not_grow_for_three(window, beside, qtbot):
    size = window.size()
    window.comparing.choose((SMALLER, TODAY))
    settle(window, qtbot, 2)
    assert window.size() == size


def test_another_run_ends_the_comparison(window, beside, qtbot, program):
    window.worker.open(lambda: program.with_settings({}), "Reading")
    qtbot.waitUntil(lambda: window.comparing.others == () and len(beside.together) == 1, timeout=20_000)
    assert [canvas.isVisible() for canvas in beside.canvases] == [True, False]


@pytest.mark.parametrize("suffix", [".png", ".svg"])
def test_a_picture_has_all_machines(window, beside, qtbot, tmp_path, suffix):
    window.saving.save_picture(tmp_path / f"both{suffix}")
    window.comparing.choose(())
    window.saving.save_picture(tmp_path / f"one{suffix}")
    both, one = ((tmp_path / f"{name}{suffix}").read_bytes() for name in ("both", "one"))
    assert both
    assert both != one
    if suffix == ".svg":
        assert b"frames = 30 pages" in both
        assert b"frames = 30 pages" not in one


def test_another_that_takes_after_it_shows_the_same(window, beside, qtbot):
    from app.shell.machines import Machines

    copy = Machines()
    qtbot.addWidget(copy)
    copy.resize(beside.size())
    copy.show()
    copy.take_after(beside)
    assert [canvas.marking is not None for canvas in copy.together] == [True, True]
    assert copy.headings[1].name == beside.headings[1].name
    assert copy.headings[1].difference == beside.headings[1].difference


def test_keys_bring_another_machine_where_there_is_one(window, qtbot):
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas, Qt.Key.Key_D)
    assert window.docks.in_sight("compare")
    assert window.docks.compare.empty.isVisible()
    qtbot.keyClick(window.canvas, Qt.Key.Key_A)
    assert window.comparing.others == ()
    qtbot.keyClick(window.canvas, Qt.Key.Key_O)
    settle(window, qtbot)
    assert window.canvas.marking is not None


def test_until_another_is_there_it_says_that_it_comes(window, qtbot, monkeypatch):
    kept = []
    monkeypatch.setattr(window.machines, "show_others", kept.append)
    window.comparing.choose((TODAY,))
    qtbot.waitUntil(lambda: bool(kept), timeout=20_000)
    machines = window.machines
    assert not machines.caught_up
    assert machines.headings[1].difference == "catching up"
    empty = machines.together[1].grab().toImage()
    monkeypatch.undo()
    machines.show_waiting(0.25)
    assert machines.headings[1].difference == "catching up, 25%"
    machines.show_others(kept[-1])
    assert machines.caught_up
    assert machines.together[1].grab().toImage() != empty


def test_in_a_lecture_the_machines_stand_there_without_panels(window, qtbot):
    window.lecture.enter()
    qtbot.keyClick(window.canvas, Qt.Key.Key_C)
    settle(window, qtbot)
    assert all(canvas.isVisible() for canvas in window.machines.together)
    assert len(window.machines.together) == 2
    assert not any(dock.isVisible() for dock in window.docks.all)
    window.lecture.leave()
    assert len(window.machines.together) == 2

"""What is marked on the charts of a window, and that they are remembered."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from app.moment import Selected, Thing
from app.panels.charts import ChartsPanel
from engine.machine import Machine
from engine.mm import transitions as tr
from engine.timeline import Timeline
from engine.variant import Change, Variant


@pytest.fixture
def charts(window, qtbot):
    window.docks.call("charts")
    qtbot.waitUntil(lambda: bool(window.docks.charts.chart), timeout=20_000)
    return window.docks.charts


def marked(charts):
    return [(flag.at, flag.name) for flag in charts._flags if not flag.small]


def test_marks_bookmarks_and_branches_are_marked(window, charts, qtbot, cursor):
    assert [name for _, name in marked(charts)] == ["second pass"]
    window.bookmarks.put(120, "look here")
    assert (120, "look here") in marked(charts)
    window.player.jump(200)
    qtbot.waitUntil(lambda: cursor() == 200)
    window.menus.shocks.actions()[0].trigger()
    qtbot.waitUntil(lambda: window.frame.branch == 1, timeout=20_000)
    qtbot.waitUntil(lambda: (200, "Memory to half") in marked(charts))
    # The charts are drawn one after the other.
    qtbot.waitUntil(lambda: len(charts.chart["pressure"].markers.all) == len(marked(charts)))


def test_faults_of_the_selected_page_are_ticks(window, charts, qtbot, program):
    run = Timeline(program, False)
    run.run_to_end()
    wanted = [one.number for one in run.records(1, run.length)
              if one.kind.number == tr.FAULT and one.operands[0] == 1 << 32 | 7]  # fmt: skip
    assert len(wanted) > 1
    window.select((Selected(Thing.PAGE, 7, 1),))
    qtbot.waitUntil(lambda: [flag.at for flag in charts._flags if flag.small] == wanted, timeout=20_000)
    window.select(())
    qtbot.waitUntil(lambda: not [flag for flag in charts._flags if flag.small])


def test_the_charts_are_remembered(window, charts):
    charts.choices["parts"].trigger()
    charts.axis.setCurrentIndex(1)
    assert window.settings.get("charts")["closed"] == ["parts"]
    again = ChartsPanel()
    again.restore(window.settings.get("charts"))
    assert again.kept == charts.kept
    again.deleteLater()


def test_a_click_sets_the_cursor(window, charts, qtbot, cursor):
    plot = charts.chart["occupancy"].plot
    qtbot.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=plot.viewport().rect().center())
    qtbot.waitUntil(lambda: cursor() > 50)


def test_the_run_compared_with_is_drawn_over_ours(window, charts, qtbot, program):
    window.comparing.choose((Variant(Change.DESIGN, 0),))
    window.docks.call("charts")
    qtbot.waitUntil(lambda: len(charts.chart["picked"].curves) == 2, timeout=20_000)
    machine = Machine(program.with_settings({"machine.design": 0}), False)
    machine.run()
    qtbot.waitUntil(lambda: charts.chart["picked"].curves[1].values[-1] == machine.view["pswpout"], timeout=20_000)
    assert charts.chart["picked"].curves[1].name == window.comparing.name_of(Variant(Change.DESIGN, 0), window.frame)
    window.comparing.choose(())
    qtbot.waitUntil(lambda: len(charts.chart["picked"].curves) == 1, timeout=20_000)


def test_a_branch_is_held_against_the_scenarios_own_run(window, charts, qtbot, cursor):
    window.player.jump(200)
    qtbot.waitUntil(lambda: cursor() == 200)
    window.menus.shocks.actions()[0].trigger()
    qtbot.waitUntil(lambda: window.frame.branch == 1 and window.frame.moment.complete, timeout=20_000)
    window.comparing.choose_branch(0)
    window.docks.call("charts")
    qtbot.waitUntil(lambda: len(charts.chart["picked"].curves) == 2, timeout=20_000)
    ours, theirs = charts.chart["picked"].curves
    assert np.nanmax(ours.values) > np.nanmax(theirs.values), "half the memory writes more"

from __future__ import annotations

import csv
import math

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from app import theme
from app.panels.chart_curves import READY
from app.panels.charts import ChartsPanel, Flag, duration
from app.series import (
    Curve,
    crossing,
    drawn,
    held_against,
    histograms,
    latency,
    latency_by_part,
    metadata,
    percentile,
    points,
    pressure,
    psi_window,
    where_pages_live,
)
from engine.mm import image as im


@pytest.fixture
def run(samples):
    """Three hundred samples: memory fills, then zswap, then the disk; faults get slower half way."""
    step = np.arange(300)
    made = samples(
        300, resident_pages=np.minimum(step, 40), zswap_stored_pages=np.clip(step - 40, 0, 60),
        swapped_pages=np.clip(step - 40, 0, 160), swap_used_pages=np.clip(step - 100, 0, 100),
        pswpout=step * 2, pgmajfault=np.maximum(step - 10, 0),
    )  # fmt: skip
    made.of("fault_latency_10")[:] = np.minimum(step, 150)
    made.of("fault_latency_16")[:] = np.maximum(step - 150, 0)
    return made


@pytest.fixture
def panel(show, run):
    made = show(ChartsPanel(), 360, 640)
    made.set_series(run)
    return made


def place(chart, x):
    """Where an x value is on the chart's plot."""
    plot = chart.plot
    return plot.mapFromScene(plot.plotItem.vb.mapViewToScene(plot.plotItem.vb.viewRect().center()).toPoint().__class__(
        round(plot.plotItem.vb.mapViewToScene(_point(plot, x)).x()), 60))  # fmt: skip


def _point(plot, x):
    centre = plot.plotItem.vb.viewRect().center()
    centre.setX(x)
    return centre


def test_the_library_for_charts_is_loaded_only_when_they_are_seen(python_in_checkout):
    program = """
import sys
from PySide6.QtWidgets import QApplication
app = QApplication([])
from app.panels.chart_curves import READY
from app.panels.charts import ChartsPanel, Flag, duration
panel = ChartsPanel()
panel.set_series(None)
print("pyqtgraph" in sys.modules)
"""
    assert python_in_checkout(program).strip() == "False"


def test_empty_it_says_so(show, samples):
    panel = show(ChartsPanel())
    assert not panel.chart
    panel.set_series(samples(0))
    assert not panel.chart


def test_where_pages_live_at_the_cursor(panel, moment_of, built):
    panel.show_moment(moment_of(built, number=120 * 40))
    assert panel.chart["occupancy"].plot.accessibleDescription() == "memory 40, zswap 60, disk 20"
    panel.show_moment(moment_of(built, number=20 * 40))
    assert panel.chart["occupancy"].plot.accessibleDescription() == "memory 20, zswap 0, disk 0"


def test_latency_follows_the_histogram(panel, moment_of, built):
    panel.show_moment(moment_of(built, number=100 * 40))
    early = panel.chart["faults"].plot.accessibleDescription()
    panel.show_moment(moment_of(built, number=290 * 40))
    assert "p50" in early
    assert panel.chart["faults"].plot.accessibleDescription() != early


def test_a_click_jumps_to_the_transition_there(panel, qtbot):
    chart = panel.chart["occupancy"]
    with qtbot.waitSignal(panel.jump_requested) as heard:
        qtbot.mouseClick(chart.plot.viewport(), Qt.MouseButton.LeftButton, pos=place(chart, 1500))
    assert heard.args[0] == pytest.approx(1500 * 4, abs=60)
    with qtbot.waitSignal(panel.jump_requested) as beyond:
        qtbot.mouseClick(chart.plot.viewport(), Qt.MouseButton.LeftButton,
                         pos=QPoint(chart.plot.width() - 1, 60))  # fmt: skip
    assert beyond.args == [299 * 40]


def test_dragging_scrubs(panel, qtbot):
    heard = []
    panel.jump_requested.connect(heard.append)
    view = panel.chart["faults"].plot.viewport()
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=place(panel.chart["faults"], 500))
    qtbot.mouseMove(view, place(panel.chart["faults"], 1000))
    qtbot.mouseMove(view, place(panel.chart["faults"], 2000))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=place(panel.chart["faults"], 2000))
    assert heard == sorted(heard)
    assert heard[0] == pytest.approx(2000, abs=60)
    assert heard[-1] == pytest.approx(8000, abs=60)


def test_keys_go_from_point_to_point(panel, moment_of, built, qtbot):
    panel.show_moment(moment_of(built, number=400))
    with qtbot.waitSignal(panel.jump_requested) as on:
        qtbot.keyClick(panel.chart["occupancy"], Qt.Key.Key_Right)
    assert on.args == [440]
    with qtbot.waitSignal(panel.jump_requested) as back:
        qtbot.keyClick(panel.chart["occupancy"], Qt.Key.Key_Left)
    assert back.args == [360]


def test_time_as_the_x_axis(panel, moment_of, built, qtbot):
    panel.show_moment(moment_of(built, number=100 * 40))
    assert panel.chart["occupancy"].at == pytest.approx(1000)
    panel.axis.setCurrentIndex(1)
    assert panel.chart["occupancy"].at == pytest.approx(200)
    assert panel.chart["occupancy"].places[-1] == pytest.approx(299 * 2)
    with qtbot.waitSignal(panel.jump_requested) as heard:
        picked = panel.chart["picked"]
        qtbot.mouseClick(picked.plot.viewport(), Qt.MouseButton.LeftButton, pos=place(picked, 300))
    assert heard.args[0] == pytest.approx(150 * 40, abs=60)


def test_any_figure_over_any(panel, moment_of, built):
    panel.show_moment(moment_of(built, number=110 * 40))
    assert panel.chart["picked"].plot.accessibleName() == "pswpout"
    assert panel.chart["picked"].plot.accessibleDescription().split() == ["220"]
    panel.over.pick("pgmajfault")
    assert panel.chart["picked"].plot.accessibleName() == "pswpout / pgmajfault"
    assert panel.chart["picked"].plot.accessibleDescription().split() == ["2.2"]
    panel.change.setChecked(True)
    assert panel.chart["picked"].plot.accessibleDescription().split() == ["2"]
    panel.show_moment(moment_of(built, number=0))
    assert panel.chart["picked"].plot.accessibleDescription().split() == ["–"]


def test_a_figure_is_found_by_part_of_its_name(panel, qtbot):
    edit = panel.top.lineEdit()
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, "zswap_stored_pages")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert panel.top.name == "zswap_stored_pages"
    edit.selectAll()
    qtbot.keyClicks(edit, "no such figure")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert panel.top.name == "zswap_stored_pages"
    assert edit.text() == "zswap_stored_pages"
    assert panel.top.findData("fault_latency_10") == -1
    assert "Pages in zswap" in panel.top.toolTip()


def test_a_growing_run_is_drawn_in_turn(panel, run, samples, qtbot):
    longer = samples(400, resident_pages=7)
    for count in (320, 350, 400):
        part = samples(count, resident_pages=7)
        panel.set_series(part)
    panel.set_series(longer)
    qtbot.waitUntil(lambda: all(chart.places[-1] == 3990 for chart in panel.charts), timeout=5000)


def link(chart, number):
    """Where a name of the legend is, from the left."""
    words = [curve.name for curve in chart.curves]
    before = " · ".join(f"{word} 0" for word in words[:number])
    return QPoint(chart.values.fontMetrics().horizontalAdvance(before + (" · " if number else "")) + 6, 8)


def test_a_name_of_the_legend_hides_its_curve_and_shows_it_again(panel, moment_of, built, qtbot):
    panel.show_moment(moment_of(built, number=0))
    chart = panel.chart["occupancy"]
    top = chart.plot.viewRange()[1][1] if hasattr(chart.plot, "viewRange") else 0
    qtbot.mouseClick(chart.values, Qt.MouseButton.LeftButton, pos=link(chart, 0))
    assert chart.hidden == {"memory"}
    assert "line-through" in chart.values.text()
    assert not len(chart._items[0].getData()[0] if chart._items[0].getData()[0] is not None else [])
    assert chart.plot.viewRange()[1][1] < top, "the others have the room"
    qtbot.mouseClick(chart.values, Qt.MouseButton.LeftButton, pos=link(chart, 0))
    assert chart.hidden == frozenset()
    assert chart.plot.viewRange()[1][1] == top


def test_the_pointer_says_the_values_under_it_on_every_chart(panel, moment_of, built, qtbot):
    panel.show_moment(moment_of(built, number=20 * 40))
    chart = panel.chart["occupancy"]
    for x in (900, 1200):
        qtbot.mouseMove(chart.plot.viewport(), place(chart, x))
    for each in panel.charts:
        assert each.hover == pytest.approx(1200, abs=30)
        assert each._crosshair.isVisible()
    assert chart.plot.accessibleDescription().startswith("memory 40, zswap 60")
    assert "at 1" in chart.values.text()
    QApplication.sendEvent(chart.plot, QEvent(QEvent.Type.Leave))
    assert math.isnan(panel.chart["faults"].hover)
    assert chart.plot.accessibleDescription().startswith("memory 20")


def test_moments_are_marked_and_named_under_the_pointer(panel, qtbot):
    flags = [Flag(120 * 40, "filled", "zswap"), Flag(200 * 40, "", "text", small=True), Flag(10**9, "later", "danger")]
    panel.show_flags(flags)
    chart = panel.chart["occupancy"]
    assert [marker.x for marker in panel.chart["pressure"].markers.all] == pytest.approx([1200, 2000])
    assert [marker.x for marker in chart.markers.all] == pytest.approx([1200, 2000])
    for x in (1500, 1200):
        qtbot.mouseMove(chart.plot.viewport(), place(chart, x))
    assert "filled" in chart.values.text()
    panel.axis.setCurrentIndex(1)
    assert [marker.x for marker in chart.markers.all] == pytest.approx([240, 400])
    drawn = chart.plot.grab().toImage()
    colours = {drawn.pixelColor(x, y).name() for x in range(chart.plot.width()) for y in range(30, 36)}
    assert theme.current().zswap in colours


def test_charts_are_chosen_and_remembered(panel, show, run, qtbot):
    heard = []
    panel.kept_changed.connect(lambda: heard.append(panel.kept))
    panel.choices["metadata"].trigger()
    assert not panel.chart["metadata"].isVisible()
    panel.axis.setCurrentIndex(1)
    panel.top.pick("zswpout")
    panel.over.pick("pswpout")
    panel.change.click()
    qtbot.mouseClick(panel.chart["occupancy"].values, Qt.MouseButton.LeftButton, pos=link(panel.chart["occupancy"], 0))
    assert heard[-1] == {"axis": 1, "closed": ["metadata"], "hidden": {"occupancy": ["memory"]},
                         "figure": "zswpout", "over": "pswpout", "growth": True}  # fmt: skip
    again = ChartsPanel()
    again.restore(heard[-1])
    show(again, 360, 640)
    again.set_series(run)
    assert again.kept == heard[-1]
    assert not again.chart["metadata"].isVisible()
    assert again.chart["occupancy"].hidden == {"memory"}


@pytest.mark.parametrize("kept", [None, 7, [], {"axis": "x", "closed": 4, "hidden": [1], "figure": 3, "over": "none"},
                                  {"hidden": {"occupancy": 4, "nothing": ["x"]}, "closed": ["nothing"]}])  # fmt: skip
def test_what_is_kept_wrong_changes_nothing(show, run, kept):
    panel = show(ChartsPanel(), 360, 640)
    panel.restore(kept)
    panel.set_series(run)
    assert set(panel.chart) == {*READY, "picked"}
    assert panel.kept["figure"] == "pswpout"
    assert panel.chart["metadata"].isVisible()


def test_hidden_it_draws_nothing_and_catches_up(panel, samples, qtbot):
    panel.hide()
    panel.set_series(samples(50, resident_pages=3))
    assert panel.chart["occupancy"].places[-1] == 2990
    with qtbot.waitExposed(panel):
        panel.show()
    assert panel.chart["occupancy"].places[-1] == 490


def test_both_themes(panel):
    try:
        for name in ("light", "dark"):
            theme.switch().choose(name)
            shown = panel.chart["occupancy"].plot.grab().toImage()
            colours = {shown.pixelColor(x, y).name() for x in range(0, shown.width(), 2)
                       for y in range(shown.height())}  # fmt: skip
            assert {theme.current().panel, theme.current().active, theme.current().zswap} <= colours
    finally:
        theme.switch().choose("dark")


def test_saved_as_a_table(panel, run, tmp_path):
    panel.over.pick("pgmajfault")
    panel.save_table(tmp_path / "charts.csv")
    with (tmp_path / "charts.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 300
    assert rows[120] == rows[120] | {
        "transition": "4800", "references": "1200", "time_ns": "240000000", "memory_pages": "40",
        "zswap_pages": "60", "disk_pages": "20", "pswpout / pgmajfault": f"{240 / 110:.10g}",
    }  # fmt: skip
    assert rows[0]["pswpout / pgmajfault"] == ""
    filled = [row for row in rows if row["fault_latency_p50_us"]]
    assert 100 < len(filled) <= 120
    assert {"fault_latency_p90_us", "fault_latency_device_p50_us", "psi_some_percent", "psi_full_percent",
            "metadata_static_kib", "metadata_dynamic_kib"} <= set(rows[0])  # fmt: skip


def test_saved_as_a_picture(panel, tmp_path):
    panel.save_picture(tmp_path / "charts.png")
    picture = QImage(str(tmp_path / "charts.png"))
    assert picture.width() > 300
    assert picture.pixelColor(2, 2).name() == theme.current().panel


def test_what_cannot_be_saved_is_said(panel, tmp_path, monkeypatch):
    from PySide6.QtWidgets import QFileDialog

    for write in (panel._ask_table, panel._ask_picture):
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "no" / "such" / "x"), ""))
        write()
        assert panel.message.isVisible()
        assert "Not saved" in panel.message.text()
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "there"), ""))
        write()
        assert not panel.message.isVisible()
        assert (tmp_path / "there").stat().st_size


def test_another_run_is_drawn_over_ours_at_the_same_places(panel, samples, moment_of, built, qtbot):
    step = np.arange(200)  # it ends sooner
    other = samples(200, pswpout=step * 5, zswap_stored_pages=step, swap_total_pages=1000)
    panel.show_others([("legacy", other)])
    panel.show_moment(moment_of(built, number=100 * 40))
    _ours, theirs = panel.chart["picked"].curves
    assert (theirs.name, theirs.dashed, theirs.beside) == ("legacy", True, 1)
    assert theirs.values[100] == pytest.approx(500, abs=10)
    assert np.isnan(theirs.values[-1])
    assert panel.chart["picked"].plot.accessibleDescription().split() == ["200,", "legacy", "500"]
    assert [curve.name for curve in panel.chart["pressure"].curves] == ["some", "full", "some legacy", "full legacy"]
    names = [curve.name for curve in panel.chart["metadata"].curves]
    assert names == ["static", "dynamic", "all legacy"]
    high = panel.chart["metadata"].plot.viewRange()[1][1]
    panel.chart["metadata"].hide_curves(["all legacy"])
    assert panel.chart["metadata"].plot.viewRange()[1][1] < high, "it is no part of the stack, but has its room"
    assert [curve.name for curve in panel.chart["occupancy"].curves] == ["memory", "zswap", "disk"]
    panel.show_others([])
    assert len(panel.chart["picked"].curves) == 1


# -- the numbers behind the pictures -----------------------------------------------------------


def test_percentiles_of_a_histogram():
    counts = np.zeros((3, 26))
    counts[0, 5] = 100  # 1024 … 2047 ns
    counts[1, 5], counts[1, 11] = 98, 2  # two in a hundred take 65 to 131 µs
    low, high = percentile(counts, 0.5), percentile(counts, 0.99)
    assert 1.024 <= low[0] <= 2.048
    assert low[0] == pytest.approx(1.024 * math.sqrt(2))
    assert 65.536 <= high[1] <= 131.072
    assert np.isnan(low[2])


def test_latency_of_each_span(run):
    ends, (p50, _p90, _p99) = latency(run)
    early, late = np.searchsorted(ends, 75), np.searchsorted(ends, 200)
    assert 1.0 <= p50.values[early] <= 2.1
    assert 65 <= p50.values[late] <= 132


def test_faults_apart_by_what_they_waited_for(samples):
    step = np.arange(121)
    made = samples(121, fault_latency_10=step * 10, fault_latency_16=step * 4, fault_latency_12=step * 6,
                   fault_latency_zswap_12=step * 6, fault_latency_device_16=step * 4)  # fmt: skip
    counts = {part: found[0] for part, found in histograms(made, points(made)).items()}
    assert {part: int(found.sum()) for part, found in counts.items()} == {
        "all": 20, "minor": 10, "zswap": 6, "device": 4}  # fmt: skip
    ends, curves = latency_by_part(made)
    assert len(ends) == 120
    found = {curve.name: curve.values[0] for curve in curves}
    assert 1.0 <= found["minor p50"] <= found["minor p99"] <= 2.1
    assert 4.0 <= found["zswap p50"] <= found["zswap p99"] <= 8.3
    assert 65 <= found["device p50"] <= found["device p99"] <= 132
    assert [curve.dashed for curve in curves] == [False] * 3 + [True] * 3


def test_pressure_is_averaged_as_the_kernel_does(samples):
    """Samples two seconds apart for an hour, as psi_avgs_work() has them: calc_load() with EXP_10s = 1677/2048."""
    count = 1800
    made = samples(count)
    made.time_ns = np.arange(count, dtype=np.int64) * 2_000_000_000
    stalled = np.where((np.arange(count) > 500) & (np.arange(count) <= 520), 1_000_000_000, 0)
    made.of("psi_some_ns")[:] = np.cumsum(stalled)
    assert psi_window(made) == 10_000_000_000
    some, full = pressure(made, np.arange(count))
    load = 0.0
    for index in range(1, count):
        load = (load * 1677 + 100 * stalled[index] / 2e9 * (2048 - 1677)) / 2048
        assert some.values[index] == pytest.approx(load, abs=0.05)
    assert 45 < some.values.max() <= 50
    assert some.values[499] == 0
    assert not full.values.any()


@pytest.mark.parametrize(("span_ns", "window", "said"), [
    (600_000_000, 20_000_000, "20 ms"), (1_000_000, 50_000, "50 µs"), (10**13, 10**10, "10 s"), (0, 1, "1 ns"),
])  # fmt: skip
def test_a_short_run_is_averaged_over_a_shorter_time(samples, span_ns, window, said):
    made = samples(2)
    made.time_ns = np.array([0, span_ns])
    assert psi_window(made) == window
    assert duration(window) == said


@pytest.mark.parametrize("design", range(3))
def test_metadata_is_what_the_formulas_of_the_design_give(design):
    from engine.machine import metadata_bytes
    from engine.timeline import Timeline
    from tests.engine.test_comparison import program

    timeline = Timeline(program(design), False)
    timeline.run_to_end()
    timeline.jump(timeline.length)
    series = timeline.series
    static, dynamic = metadata(series, points(series))
    expected = metadata_bytes(timeline.view)
    assert round(static.values[-1] * 1024) == expected["static"]
    assert round(dynamic.values[-1] * 1024) == expected["dynamic"]
    assert len(static.values) == len(dynamic.values) == len(points(series))


def test_slots_held_for_zswap_are_not_on_disk(samples):
    run = samples(3, zswap_stored_pages=20, swapped_pages=30, swap_used_pages=30, slots_held_by_zswap=20)
    assert [curve.values[0] for curve in where_pages_live(run, points(run))] == [0, 20, 10]


def test_points_keep_the_first_and_the_last(samples):
    assert list(points(samples(5), 10)) == [0, 1, 2, 3, 4]
    thinned = points(samples(10_000), 100)
    assert len(thinned) == 100
    assert (thinned[0], thinned[-1]) == (0, 9999)
    assert len(points(samples(0))) == 0


def test_crossing_is_straight_between_samples():
    known, other = np.array([0, 10, 20]), np.array([0, 100, 400])
    assert [crossing(x, known, other) for x in (0, 5, 15, 20)] == [0, 50, 250, 400]
    assert (crossing(-5, known, other), crossing(99, known, other)) == (0, 400)
    assert crossing(7, np.array([3]), np.array([8])) == 8


def test_another_runs_values_are_those_of_its_last_point_up_to_there():
    curve = Curve("p50", "zswap", np.array([1.0, 2.0, 3.0]))
    held = held_against(np.array([0.0, 5.0, 10.0, 19.0, 20.0, 21.0]), np.array([5.0, 10.0, 20.0]), curve, 2, "vswap")
    assert (held.name, held.beside) == ("p50 vswap", 2)
    assert list(held.values[1:5]) == [1, 2, 2, 3]
    assert np.isnan(held.values[[0, 5]]).all()


def test_growth_and_ratio(samples):
    run = samples(4, pswpout=[0, 2, 6, 6], pgmajfault=[0, 1, 2, 2])
    at = points(run)
    assert list(drawn(run, at, "pswpout", change=True)) == [0, 2, 4, 0]
    ratio = drawn(run, at, "pswpout", "pgmajfault", change=True)
    assert list(ratio[1:3]) == [2, 4]
    assert np.isnan(ratio[[0, 3]]).all()


def test_the_bins_are_those_the_image_declares():
    assert im.schema.named("fault_latency_5").address == im.FAULT_LATENCY[0]
    assert len(im.FAULT_LATENCY) == 26

from __future__ import annotations

import csv
import math

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage

from app import theme
from app.panels.charts import ChartsPanel
from app.series import crossing, drawn, latency, percentile, points, where_pages_live
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
from app.panels.charts import ChartsPanel
panel = ChartsPanel()
panel.set_series(None)
print("pyqtgraph" in sys.modules)
"""
    assert python_in_checkout(program).strip() == "False"


def test_empty_it_says_so(show, samples):
    panel = show(ChartsPanel())
    assert panel.occupancy is None
    panel.set_series(samples(0))
    assert panel.occupancy is None


def test_where_pages_live_at_the_cursor(panel, moment_of, built):
    panel.show_moment(moment_of(built, number=120 * 40))
    assert panel.occupancy.plot.accessibleDescription() == "memory 40, zswap 60, disk 20"
    panel.show_moment(moment_of(built, number=20 * 40))
    assert panel.occupancy.plot.accessibleDescription() == "memory 20, zswap 0, disk 0"


def test_latency_follows_the_histogram(panel, moment_of, built):
    panel.show_moment(moment_of(built, number=100 * 40))
    early = panel.faults.plot.accessibleDescription()
    panel.show_moment(moment_of(built, number=290 * 40))
    assert "p50" in early
    assert panel.faults.plot.accessibleDescription() != early


def test_a_click_jumps_to_the_transition_there(panel, qtbot):
    chart = panel.occupancy
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
    view = panel.faults.plot.viewport()
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=place(panel.faults, 500))
    qtbot.mouseMove(view, place(panel.faults, 1000))
    qtbot.mouseMove(view, place(panel.faults, 2000))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=place(panel.faults, 2000))
    assert heard == sorted(heard)
    assert heard[0] == pytest.approx(2000, abs=60)
    assert heard[-1] == pytest.approx(8000, abs=60)


def test_keys_go_from_point_to_point(panel, moment_of, built, qtbot):
    panel.show_moment(moment_of(built, number=400))
    with qtbot.waitSignal(panel.jump_requested) as on:
        qtbot.keyClick(panel.occupancy, Qt.Key.Key_Right)
    assert on.args == [440]
    with qtbot.waitSignal(panel.jump_requested) as back:
        qtbot.keyClick(panel.occupancy, Qt.Key.Key_Left)
    assert back.args == [360]


def test_time_as_the_x_axis(panel, moment_of, built, qtbot):
    panel.show_moment(moment_of(built, number=100 * 40))
    assert panel.occupancy.at == pytest.approx(1000)
    panel.axis.setCurrentIndex(1)
    assert panel.occupancy.at == pytest.approx(200)
    assert panel.occupancy.places[-1] == pytest.approx(299 * 2)
    with qtbot.waitSignal(panel.jump_requested) as heard:
        qtbot.mouseClick(panel.picked.plot.viewport(), Qt.MouseButton.LeftButton, pos=place(panel.picked, 300))
    assert heard.args[0] == pytest.approx(150 * 40, abs=60)


def test_any_figure_over_any(panel, moment_of, built):
    panel.show_moment(moment_of(built, number=110 * 40))
    assert panel.picked.plot.accessibleName() == "pswpout"
    assert panel.picked.plot.accessibleDescription().split() == ["220"]
    panel.over.pick("pgmajfault")
    assert panel.picked.plot.accessibleName() == "pswpout / pgmajfault"
    assert panel.picked.plot.accessibleDescription().split() == ["2.2"]
    panel.change.setChecked(True)
    assert panel.picked.plot.accessibleDescription().split() == ["2"]
    panel.show_moment(moment_of(built, number=0))
    assert panel.picked.plot.accessibleDescription().split() == ["–"]


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


def test_hidden_it_draws_nothing_and_catches_up(panel, samples, qtbot):
    panel.hide()
    panel.set_series(samples(50, resident_pages=3))
    assert panel.occupancy.places[-1] == 2990
    with qtbot.waitExposed(panel):
        panel.show()
    assert panel.occupancy.places[-1] == 490


def test_both_themes(panel):
    try:
        for name in ("light", "dark"):
            theme.switch().choose(name)
            shown = panel.occupancy.plot.grab().toImage()
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
    ends, p50, _p99 = latency(run)
    early, late = np.searchsorted(ends, 75), np.searchsorted(ends, 200)
    assert 1.0 <= p50.values[early] <= 2.1
    assert 65 <= p50.values[late] <= 132


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

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester

from app import theme
from app.panels.transitions import ACTOR, FUNCTION, KIND, NUMBER, SENTENCE, TIME, TransitionsPanel
from engine.mm import transitions as tr


@pytest.fixture
def records(transition):
    kinds = (tr.FAULT, tr.SWAP_IN, tr.ZSWAP_LOAD, tr.PAGE_MAPPED, tr.DISK_WRITE)
    return [transition(1000 + number, kinds[number % 5], cause=1000 if number % 5 else 0) for number in range(100)]


@pytest.fixture
def panel(show, records):
    made = show(TransitionsPanel(), 900)
    made.set_records(records, [f"page {record.number % 7}: {record.kind.name}." for record in records])
    return made


def cell(panel, row, column):
    return panel.table.visualRect(panel.proxy.index(row, column)).center()


def numbers(panel):
    return [panel.model.records[panel.proxy.mapToSource(panel.proxy.index(row, 0)).row()].number
            for row in range(panel.proxy.rowCount())]  # fmt: skip


def test_empty_it_says_when_they_come(show):
    panel = show(TransitionsPanel())
    assert panel.empty.isVisible()
    assert "scenario" in panel.empty.text


def test_a_row_tells_number_time_actor_kind_function_and_sentence(panel):
    assert panel.row_text(2) == ["1\u202f002", "1.0020", "task", "zswap load", "zswap_load", "page 1: zswap load."]
    assert not panel.empty.isVisible()
    tip = panel.proxy.index(2, SENTENCE).data(Qt.ItemDataRole.ToolTipRole)
    assert "zswap_load()" in tip
    assert "because of transition 1\u202f000" in tip


def test_a_sentence_for_each_record_or_nothing(panel, records):
    with pytest.raises(ValueError):
        panel.set_records(records, ["only one"])


def test_a_click_jumps(panel, qtbot):
    with qtbot.waitSignal(panel.jump_requested) as heard:
        qtbot.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=cell(panel, 3, SENTENCE))
    assert heard.args == [1003]
    assert not panel.table.selectionModel().hasSelection()


def test_enter_jumps(panel, qtbot):
    panel.table.setFocus()
    panel.table.setCurrentIndex(panel.proxy.index(5, 0))
    with qtbot.waitSignal(panel.jump_requested) as heard:
        qtbot.keyClick(panel.table, Qt.Key.Key_Return)
    assert heard.args == [1005]


def test_choosing_rows_to_copy_does_not_jump(panel, qtbot):
    heard = []
    panel.jump_requested.connect(heard.append)
    qtbot.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=cell(panel, 2, KIND))
    assert heard == [1002]
    qtbot.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier,
                     cell(panel, 4, KIND))  # fmt: skip
    qtbot.keyClick(panel.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert heard == [1002]
    assert [line.split("\t")[0] for line in lines] == ["number", "1002", "1003", "1004"]
    assert lines[1].endswith("page 1: zswap load.")


def test_text_filters_every_word_in_any_column(panel, qtbot):
    qtbot.keyClicks(panel.filter, "zswap_load")
    assert numbers(panel) == list(range(1002, 1100, 5))
    panel.filter.setText("page 3: fault")
    assert all("page 3: fault" in panel.row_text(row)[SENTENCE] for row in range(panel.proxy.rowCount()))
    assert panel.proxy.rowCount() == 3
    panel.filter.setText("1042")
    assert numbers(panel) == [1042]
    assert panel.told.text().startswith("1 of 100")
    panel.filter.setText("nothing of the kind")
    assert panel.empty.isVisible()
    assert "Nothing matches" in panel.empty.text
    panel.filter.clear()
    assert panel.proxy.rowCount() == 100


def test_a_lane_filters_and_a_filtered_row_still_jumps_to_its_number(panel, qtbot):
    panel.lane.setCurrentIndex(panel.lane.findText("disk I/O"))
    assert numbers(panel) == list(range(1004, 1100, 5))
    with qtbot.waitSignal(panel.jump_requested) as heard:
        qtbot.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=cell(panel, 1, KIND))
    assert heard.args == [1009]


def test_the_row_at_the_cursor_is_marked_and_in_view(panel, moment_of, built):
    def marked():
        return [row for row in range(panel.proxy.rowCount())
                if panel.proxy.index(row, 0).data(Qt.ItemDataRole.BackgroundRole) is not None]  # fmt: skip

    assert marked() == []
    panel.show_moment(moment_of(built, number=1080))
    assert marked() == [80]
    assert panel.table.viewport().rect().contains(panel.table.visualRect(panel.proxy.index(80, 0)))
    assert "at the cursor" in panel.proxy.index(80, NUMBER).data(Qt.ItemDataRole.AccessibleTextRole)
    panel.show_moment(moment_of(built, number=1001))
    assert marked() == [1]
    assert panel.table.viewport().rect().contains(panel.table.visualRect(panel.proxy.index(1, 0)))
    panel.show_moment(moment_of(built, number=5))
    assert marked() == []


def test_other_records_keep_the_mark(panel, moment_of, built, records):
    panel.show_moment(moment_of(built, number=1080))
    panel.set_records(records[60:], ["." for _ in records[60:]])
    assert panel.proxy.index(20, 0).data(Qt.ItemDataRole.BackgroundRole) is not None


def test_the_same_records_again_leave_the_chosen_rows(panel, records, qtbot):
    panel.table.selectRow(4)
    panel.set_records(list(records), list(panel.model.sentences))
    assert [index.row() for index in panel.table.selectionModel().selectedRows()] == [4]


def test_narrow_it_leaves_out_what_the_tip_tells(panel, qtbot):
    assert not any(panel.table.isColumnHidden(column) for column in (KIND, TIME, ACTOR, FUNCTION))
    panel.resize(320, 600)
    qtbot.waitUntil(lambda: panel.table.isColumnHidden(KIND))
    assert [panel.table.isColumnHidden(column) for column in range(6)] == [False, True, True, True, True, False]
    header = panel.table.horizontalHeader()
    assert header.length() <= panel.table.viewport().width()


def test_lanes_are_told_by_dots_in_the_colours_of_the_theme(panel):
    def colour(row):
        picture = panel.proxy.index(row, NUMBER).data(Qt.ItemDataRole.DecorationRole).pixmap(24, 24).toImage()
        return picture.pixelColor(picture.width() // 2, picture.height() // 2).name()

    try:
        for name in ("light", "dark"):
            theme.switch().choose(name)
            lanes = theme.current().lane_colours
            assert colour(2) == lanes[tr.Lane.ZSWAP]
            assert colour(4) == lanes[tr.Lane.DISK]
    finally:
        theme.switch().choose("dark")


def test_the_models_keep_qts_rules(panel, records):
    for model in (panel.model, panel.proxy):
        QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, panel)
    panel.set_records(records[:10], ["." for _ in records[:10]])
    panel.filter.setText("fault")
    panel.set_records([], [])
    assert panel.proxy.rowCount() == 0

"""The tables by clicks and keys: rows are the machine's, sorting, filtering, and selection both ways."""

import numpy as np
import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication

from app.moment import Selected, Thing
from app.panels.table_model import NONE_TEXT, TableModel
from app.panels.tables import TablesPanel
from engine.mm import image as im
from engine.reading import PageState, page_states, zswap_lru
from engine.reading.tables import TABLES, table
from tests.app.canvas.fixtures import moment_of, page_in
from tests.engine.reading.built import LEGACY, SWAP_DESC, populated


@pytest.fixture(params=[LEGACY, SWAP_DESC], ids=["legacy", "swap_desc"])
def built(request):
    return populated(request.param)


@pytest.fixture
def panel(qtbot, built):
    made = TablesPanel()
    qtbot.addWidget(made)
    made.resize(700, 500)
    made.show()
    qtbot.waitExposed(made)
    made.show_moment(moment_of(built))
    return made


def column(panel, name):
    names = [one.name for one in panel.model.table.columns]
    return names.index(name)


def texts(panel, name):
    place = column(panel, name)
    return [panel.model.index(row, place).data() for row in range(panel.model.rowCount())]


@pytest.mark.parametrize("name", list(TABLES))
def test_every_table_can_be_shown_and_every_cell_has_a_text(panel, name):
    panel.choose(name)
    assert panel.model.columnCount() > 3
    for row in range(0, panel.model.rowCount(), 7):
        for place in range(panel.model.columnCount()):
            assert panel.model.index(row, place).data() is not None
    for place in range(panel.model.columnCount()):
        assert panel.model.headerData(place, Qt.Orientation.Horizontal)


def test_states_agree_with_the_reading_of_pages(panel, built):
    states, _ = page_states(built.view, 1)
    wanted = [PageState(int(state)).name.lower().replace("_", " ") for state in states]
    assert texts(panel, "state")[: len(wanted)] == wanted


def test_a_click_on_a_heading_sorts_and_another_turns_it_round(qtbot, panel):
    panel.choose("zswap")
    header, place = panel.table.horizontalHeader(), column(panel, "length")
    where = header.viewport(), Qt.MouseButton.LeftButton
    middle = header.sectionViewportPosition(place) + header.sectionSize(place) // 2

    def click():
        from PySide6.QtCore import QPoint

        qtbot.mouseClick(*where, pos=QPoint(middle, header.height() // 2))

    click()
    lengths = [int(text.replace("\u202f", "")) for text in texts(panel, "length")]
    assert lengths == sorted(lengths)
    click()
    again = [int(text.replace("\u202f", "")) for text in texts(panel, "length")]
    assert again == sorted(lengths, reverse=True)


@pytest.mark.parametrize(
    ("words", "holds"),
    [
        ("zswap", lambda row: row["state"] == PageState.ZSWAP),
        ("state=disk process=editor", lambda row: row["state"] == PageState.DISK),
        ("state!=disk", lambda row: row["state"] != PageState.DISK),
        ("page>=40 page<44", lambda row: 40 <= row["page"] < 44),
        ("frame>0", lambda row: row["frame"] > 0),
    ],
)
def test_a_filter_keeps_just_the_rows_it_says(qtbot, panel, words, holds):
    qtbot.keyClicks(panel.filter, words)
    source = panel.model.table
    rows = [{one.name: int(one.values[row]) for one in source.columns} for row in range(source.rows)]
    wanted = [number for number, row in enumerate(rows) if holds(row)]
    assert [panel.model.source_row(row) for row in range(panel.model.rowCount())] == wanted
    assert 0 < len(wanted) < source.rows
    assert panel.told.text().startswith(f"{len(wanted)} of")


def test_a_filter_that_means_nothing_says_so(qtbot, panel):
    qtbot.keyClicks(panel.filter, "colour=red")
    assert panel.model.rowCount() == 0
    assert "colour=red" in panel.told.text()
    qtbot.keyClicks(panel.filter, "", Qt.KeyboardModifier.NoModifier)
    panel.filter.clear()
    assert panel.model.rowCount() > 0


def test_bits_are_found_as_they_are_written(qtbot, panel, built):
    page = page_in(built, PageState.DISK)
    word = built.view.at(im.PTE, page.number) & (1 << 64) - 1
    qtbot.keyClicks(panel.filter, f"0x{word:x}")
    assert panel.model.rowCount() == 1
    assert texts(panel, "page") == [str(page.number)]


def test_a_row_that_is_clicked_is_selected_everywhere(qtbot, panel):
    index = panel.model.index(5, 1)
    with qtbot.waitSignal(panel.selected) as said:
        qtbot.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton,
                         pos=panel.table.visualRect(index).center())  # fmt: skip
    assert said.args[0] == (Selected(Thing.PAGE, 5, 1),)
    rows = panel.table.visualRect(panel.model.index(8, 1)).center()
    with qtbot.waitSignal(panel.selected) as said:
        qtbot.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, rows)
    assert said.args[0] == tuple(Selected(Thing.PAGE, page, 1) for page in (5, 6, 7, 8))


def test_what_is_selected_elsewhere_is_selected_here_and_in_view(qtbot, panel, built):
    page = Selected(Thing.PAGE, 40, 2)
    qtbot.keyClicks(panel.filter, "")
    with qtbot.assertNotEmitted(panel.selected):
        panel.show_moment(moment_of(built, 2, selection=(page,)))
    rows = [index.row() for index in panel.table.selectionModel().selectedRows()]
    assert rows == [96 + 40]
    assert panel.table.viewport().rect().intersects(panel.table.visualRect(panel.model.index(rows[0], 0)))


def test_a_selection_follows_its_thing_when_the_rows_move(panel, built):
    page = Selected(Thing.PAGE, 40, 2)
    panel.show_moment(moment_of(built, 2, selection=(page,)))
    panel.model.sort(column(panel, "page"), Qt.SortOrder.DescendingOrder)
    panel._follow()
    row = panel.table.selectionModel().selectedRows()[0].row()
    assert panel.model.source_row(row) == 96 + 40


def test_zswap_entries_come_in_the_order_of_the_lru(panel, built):
    panel.choose("zswap")
    assert panel.model.table.numbers.tolist() == zswap_lru(built.view).tolist()


def test_jump_goes_to_the_row_in_the_table_it_belongs_to(panel, built):
    entry = Selected(Thing.ZSWAP, int(zswap_lru(built.view)[3]))
    panel.jump(entry)
    assert panel.name == "zswap"
    assert [index.row() for index in panel.table.selectionModel().selectedRows()] == [3]


def test_copy_puts_rows_with_headings_on_the_clipboard(qtbot, panel):
    panel.table.selectionModel().select(
        panel.model.index(2, 0), QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    )
    panel.table.setFocus()
    qtbot.keyClick(panel.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].split("\t")[:3] == ["process", "page", "state"]
    assert len(lines) == 2
    assert lines[1].split("\t")[1] == "2"


def test_nothing_is_read_while_nobody_looks(qtbot, built, monkeypatch):
    made = TablesPanel()
    qtbot.addWidget(made)
    monkeypatch.setattr("app.panels.tables.tables.table", lambda *_: pytest.fail("read"))
    made.show_moment(moment_of(built))
    assert made.model.table is None


def test_a_long_table_sorted_is_not_made_anew_every_frame_while_playing(qtbot, panel, built, monkeypatch):
    monkeypatch.setattr("app.panels.tables.MANY_ROWS", 10)
    panel.model.sort(column(panel, "state"))
    before = panel.model.table
    panel.show_moment(moment_of(built, 2, playing=True))
    assert panel.model.table is before
    qtbot.waitUntil(lambda: panel.model.table is not before, timeout=3000)


def test_values_of_nothing_are_dashes(panel):
    frames = panel.model.table.columns[column(panel, "frame")].values
    assert (np.array(texts(panel, "frame")) == NONE_TEXT).sum() == np.count_nonzero(frames == 0) > 0


def test_a_table_of_a_hundred_thousand_rows_only_reads_what_is_asked_for(qtbot):
    from tests.engine.reading.built import Built

    built = Built(SWAP_DESC, pages=(100_000,), frames=64)
    found = table("pages", built.view, built.program)
    model = TableModel()
    model.show_table(found)
    assert model.rowCount() == 100_000
    assert model.index(99_999, 1).data() == "99\u202f999"
    read = {one.name for one in found.columns if one._values is not None}
    assert read == {"page"}


def test_go_to_selection_changes_to_its_table_and_clears_a_filter_that_hides_it(qtbot, panel, built):
    assert not panel.go.isEnabled()
    entry = Selected(Thing.ZSWAP, int(zswap_lru(built.view)[2]))
    qtbot.keyClicks(panel.filter, "state=disk")
    panel.show_moment(moment_of(built, 2, selection=(entry,)))
    qtbot.mouseClick(panel.go, Qt.MouseButton.LeftButton)
    assert panel.name == "zswap"
    assert panel.filter.text() == ""
    assert [index.row() for index in panel.table.selectionModel().selectedRows()] == [2]

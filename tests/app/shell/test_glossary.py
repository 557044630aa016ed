"""The glossary: searched, told with the kernel's names, and each link leads to where the word can be seen; and the
same words under the pointer everywhere."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog

from app.moment import Selected, Thing
from app.panels.transitions import SENTENCE
from app.shell.glossary import Glossary, shown_by
from app.words.language import language
from app.words.terms import OTHER_WORDS
from engine.glossary import GLOSSARY, term_of


@pytest.fixture
def glossary(window, qtbot):
    window.player.jump(300)
    qtbot.waitUntil(lambda: window.frame.moment.transition.number == 300)
    window.actions_by_name["glossary"].trigger()
    dialog = window.findChild(Glossary)
    yield dialog
    dialog.close()


def choose(dialog, word):
    dialog.search.clear()
    dialog.search.setText(word)  # QTest types no Chinese
    return dialog.term.term


def test_every_word_is_there(glossary):
    assert glossary.list.count() == len(GLOSSARY)
    assert isinstance(glossary, QDialog)


def test_found_by_its_word_by_a_name_of_the_kernel_and_by_its_sentence(glossary):
    assert choose(glossary, "swapca") == "swapcache"
    assert "swap_cache_get_folio" in glossary.kernel.text()
    assert choose(glossary, "zswap_writeback_entry") == "writeback (from zswap)"
    assert choose(glossary, "given out one after") == "cluster"
    glossary.search.setText("no such word at all")
    assert glossary.term is None
    assert glossary.title.text() == "No word fits"


def test_a_link_shows_an_example_on_the_canvas(glossary, window):
    choose(glossary, "descriptor")
    assert "canvas:" in glossary.links.text()
    glossary.follow("canvas:")
    chosen = window.canvas.selection[0]
    assert chosen.thing is Thing.DESC
    choose(glossary, "slot")
    assert shown_by(window, glossary.term)[0].thing is Thing.SLOT


def test_links_lead_to_settings_and_figures(glossary, window):
    choose(glossary, "acceptance")
    glossary.follow("setting:machine.zswap.accept_threshold_percent")
    assert window.docks.in_sight("pressure")
    assert window.docks.pressure.filter.text() == "zswap.accept_threshold_percent"
    choose(glossary, "refault")
    assert "figure:workingset_refault_anon" in glossary.links.text()
    glossary.follow("figure:workingset_refault_anon")
    assert window.docks.charts.top.name == "workingset_refault_anon"


def test_without_a_run_there_is_nothing_to_show(new_window):
    window = new_window()
    window.show()
    dialog = Glossary(window)
    assert shown_by(window, term_of("descriptor")) == ()
    dialog.follow("setting:machine.frames")
    dialog.close()


def test_in_chinese_it_is_found_in_both_languages(window):
    window.looks.choose_language("zh_CN")
    dialog = Glossary(window)
    assert choose(dialog, "交换缓存") == "swapcache"
    assert choose(dialog, "swapcache") == "swapcache"
    assert dialog.title.text() == "交换缓存"
    dialog.close()
    language().choose("en")


def test_other_words_are_words_of_the_glossary():
    assert all(term_of(word) is not None for word in OTHER_WORDS.values())


# -- under the pointer ---------------------------------------------------------------------------------


def test_the_inspector_says_what_its_labels_mean(window, qtbot):
    window.player.jump(window.frame.moment.length)
    qtbot.waitUntil(lambda: window.frame.moment.transition.number == window.frame.moment.length)
    window.docks.call("inspector")
    window.select((Selected(Thing.PAGE, 3, 1),))
    rows = [row for row in window.docks.inspector.chain.rows if not row.isHidden()]
    tips = {row.label.text(): row.toolTip() for row in rows}
    assert "PG_swapcache" in "".join(tips.values()) or "swap_desc" in tips["→ descriptor"]
    assert any(term_of("descriptor").meaning.split()[0] in tip for tip in tips.values())


def test_transitions_tables_and_the_sentence_say_what_the_kernel_s_names_mean(window, qtbot):
    window.docks.call("transitions")
    panel = window.docks.transitions
    qtbot.waitUntil(lambda: panel.model.rowCount() > 0)
    row = next(row for row, one in enumerate(panel.model.records) if one.kind.function == "handle_mm_fault")
    tip = panel.model.data(panel.model.index(row, SENTENCE), Qt.ItemDataRole.ToolTipRole)
    assert term_of("fault").meaning[:40] in tip
    window.docks.call("tables")
    tables = window.docks.tables
    qtbot.waitUntil(lambda: tables.model.columnCount() > 0)
    heads = [tables.model.headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
             for column in range(tables.model.columnCount())]  # fmt: skip
    assert any("PG_swapcache" in head for head in heads)
    window.player.jump(row + panel.model.records[0].number)
    qtbot.waitUntil(lambda: window.frame.moment.transition.kind.function == "handle_mm_fault")
    assert "handle_mm_fault" in window.sentence.function.toolTip()


def test_knobs_and_figures_carry_their_words(window):
    window.docks.call("pressure")
    assert "zswap_accept_thr_pages" in window.docks.pressure.knobs[
        "machine.zswap.accept_threshold_percent"
    ].toolTip()  # fmt: skip
    window.docks.call("charts")
    window.docks.charts.top.pick("pgmajfault")
    assert "VM_FAULT_MAJOR" in window.docks.charts.top.toolTip()

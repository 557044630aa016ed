"""Languages: complete, switched live, remembered; nothing is cut where texts are longer."""

from __future__ import annotations

import json
import re
from string import Formatter

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QDialogButtonBox, QLabel, QSizePolicy

from app import actions, application, strings
from app.panels.prose import Prose
from app.settings import Settings
from app.shell.dialogs import Shortcuts
from app.shell.palette import entries
from app.strings import sources
from app.words import language as language_module
from app.words.language import NAMES, language, load, plain
from app.words.said import said
from engine.sentence import sentence
from engine.timeline import Timeline

NEWER = 0.05
"""Texts may be newer than their translation, but not many. ``python -m app.strings`` lists them."""


@pytest.fixture(autouse=True)
def in_english(qapp):
    yield
    language().choose("en")


def fields(text):
    return sorted((name, spec) for _, name, spec, _ in Formatter().parse(text) if name is not None)


def mnemonics(text):
    return len(re.findall(r"&[^& ]", text))


def test_the_actions_and_menus_are_all_translated():
    texts = load("zh_CN")
    assert {title for title, _ in actions.MENUS} <= set(texts)
    labels = {text for spec in actions.SPECS for text in (spec.text, spec.tip)} - {""}
    assert len(labels - set(texts)) <= NEWER * len(labels), labels - set(texts)


def test_the_texts_of_the_window_are_translated():
    texts, wanted = load("zh_CN"), sources()
    assert len(wanted) > 500
    missing = [text for text in wanted if text not in texts]
    assert len(missing) <= NEWER * len(wanted), missing


def test_no_translation_is_of_a_text_that_is_gone():
    texts = load("zh_CN")
    stale = set(texts) - set(strings.without_stale(texts))
    assert not stale, "python -m app.strings --remove leaves them out"


def test_the_command_leaves_out_what_is_stale(tmp_path, monkeypatch, capsys):
    file = tmp_path / "zh_CN.json"
    file.write_text(json.dumps({"gone long ago": "没有了", "Pressure": "压力"}), encoding="utf-8")
    for module in (strings, language_module):
        monkeypatch.setattr(module, "file_of", lambda code: file)
    strings.main([])
    assert "gone long ago" in capsys.readouterr().out
    assert len(load("zh_CN")) == 2
    strings.main(["--remove"])
    assert load("zh_CN") == {"Pressure": "压力"}


def test_what_is_filled_in_and_the_keys_of_menus_are_kept():
    for source, text in load("zh_CN").items():
        assert fields(source) == fields(text), source
        assert text.strip() or not source.strip(), source
    for spec in actions.SPECS:
        assert mnemonics(spec.text) == mnemonics(load("zh_CN").get(spec.text, spec.text)), spec.text


def test_switched_live_and_back(window, qtbot):
    buttons = window.topbar.transport.buttons
    before = {
        "menu": [action.text() for action in window.menuBar().actions()],
        "tip": window.actions_by_name["step"].toolTip(),
        "unit": buttons["unit_fault"].text(),
        "tabs": [dock.windowTitle() for dock in window.docks.all],
        "place": window.sentence.place.text(),
        "status": window.status.said(),
    }  # fmt: skip
    window.actions_by_name["language_zh_CN"].trigger()
    assert window.menuBar().actions()[0].text() == "文件(&F)"
    assert window.actions_by_name["step"].toolTip().startswith("前进一步。  [")
    assert buttons["unit_fault"].text() == "缺页"
    assert window.docks.named("pressure").windowTitle() == "压力"
    assert window.sentence.place.text().startswith("状态变化 0 / ")
    assert window.status.said().startswith("操作 ")
    window.actions_by_name["language_en"].trigger()
    assert before == {
        "menu": [action.text() for action in window.menuBar().actions()],
        "tip": window.actions_by_name["step"].toolTip(),
        "unit": buttons["unit_fault"].text(),
        "tabs": [dock.windowTitle() for dock in window.docks.all],
        "place": window.sentence.place.text(),
        "status": window.status.said(),
    }  # fmt: skip


def test_there_and_back_leaves_every_text_as_it_was(window):
    def texts():
        return sorted(label.text() for label in window.findChildren(QLabel)) + sorted(
            button.text() + button.toolTip() + button.accessibleName()
            for button in window.findChildren(QAbstractButton)
        )

    before = texts()
    window.looks.choose_language("zh_CN")
    assert texts() != before
    window.looks.choose_language("en")
    assert texts() == before


def test_remembered(new_window):
    first = new_window()
    first.actions_by_name["language_zh_CN"].trigger()
    first.close()
    language().choose("en")
    again = new_window()
    assert language().code == "zh_CN"
    assert again.actions_by_name["language_zh_CN"].isChecked()
    assert again.actions_by_name["quit"].text() == "退出(&Q)"


def test_begun_in_chinese_the_english_texts_are_those_of_a_window_begun_in_english(new_window):
    def texts(window):
        window.docks.pressure.knobs  # noqa: B018 - all are made
        actions = [action.text() for action in window.findChildren(QAction)]
        return actions + [dock.windowTitle() for dock in window.docks.all] + [
            button.text() for button in window.findChildren(QAbstractButton) if button.text()
        ]  # fmt: skip

    english = new_window()
    wanted = texts(english)
    english.looks.choose_language("zh_CN")
    english.close()
    window = new_window()
    assert window.docks.named("pressure").windowTitle() == "压力"
    window.looks.choose_language("en")
    assert texts(window) == wanted


def test_an_unknown_language_is_english(new_window):
    settings = Settings()
    settings.set("language", "tlh")
    made = application.make_window(settings=settings, compile_engine=False)
    assert language().code == "en"
    made.close()
    made.deleteLater()


def test_what_qt_writes_is_in_the_language_too(window):
    def closes():
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        return box.buttons()[0].text().replace("&", "")

    window.looks.choose_language("zh_CN")
    assert closes() == "关闭"
    window.looks.choose_language("en")
    assert closes() == "Close"


def test_no_menu_keys_are_left_in_palette_and_shortcuts(window):
    assert plain("&Open scenario…") == "Open scenario…"
    assert plain("打开场景(&O)…") == "打开场景…"
    window.looks.choose_language("zh_CN")
    try:
        told = [text for entry in entries(window) for text in (entry.text, entry.group)]
        told += [label.text() for label in Shortcuts(window).findChildren(QLabel)]
        assert not [text for text in told if re.search(r"\([A-Z]\)|&", text)]
    finally:
        window.looks.choose_language("en")


def test_every_language_has_its_name_in_the_menu(window):
    assert [action.text() for action in window.menus.languages.actions()] == list(NAMES.values())


def test_every_sentence_is_told_in_chinese(window, qtbot, program):
    timeline = Timeline(program, False)
    while timeline.explore(2000):
        pass
    records = timeline.records(0, timeline.length)
    first = {record.kind.name: record for record in reversed(records)}
    assert len(first) > 15
    window.looks.choose_language("zh_CN")
    for record in first.values():
        english = sentence(record, program, timeline.view)
        told = said(english)
        assert told != english
        assert re.search("[\u4e00-\u9fff]", told)
        assert sorted(re.findall(r"\d+", told)) == sorted(re.findall(r"\d+", english)), told
        assert not re.search(r"\b(the|is|page|slot)\b", told, re.IGNORECASE), told
    window.player.jump(1)
    qtbot.waitUntil(lambda: window.frame.moment.transition.number == 1)
    assert re.search("[\u4e00-\u9fff]", window.sentence.text.text())
    window.looks.choose_language("en")
    assert window.sentence.text.text() == window.frame.moment.sentence


PANELS = ("lesson", "inspector", "pressure", "charts", "transitions", "tables", "compare", "why", "find", "branches")


def longer(text):
    """40 % more."""
    return text + "·" * max(2, round(len(text) * 0.4))


def cut(window):
    """Labels and buttons in sight that have less room than they ask for."""
    found = []
    for widget in (*window.findChildren(QLabel), *window.findChildren(QAbstractButton)):
        if not widget.isVisible() or widget.visibleRegion().isEmpty() or not widget.text():
            continue
        gives_way = widget.sizePolicy().horizontalPolicy() == QSizePolicy.Policy.Ignored
        wraps = isinstance(widget, Prose) or (isinstance(widget, QLabel) and widget.wordWrap())
        if wraps and widget.hasHeightForWidth():
            short = widget.heightForWidth(widget.width()) > widget.height() + 1
        else:
            short = not gives_way and widget.minimumSizeHint().width() > widget.width() + 1
        if short:
            found.append(f"{type(widget).__name__} {widget.text()!r} {widget.width()}")
    return found


@pytest.mark.parametrize("panel", PANELS)
def test_no_label_is_cut_where_texts_are_longer(window, qtbot, panel):
    window.resize(1280, 800)
    qtbot.waitUntil(lambda: not cut(window), timeout=3000)
    language().use({source: longer(source) for source in sources()})
    window.showing.show_again()
    window.docks.bring(window.docks.named(panel))
    assert window.width() == 1280
    qtbot.waitUntil(lambda: not cut(window), timeout=10_000)

"""What the engine says is told in the language of the window: things, settings, states, reasons, tables, words."""

from __future__ import annotations

import re

import pytest

from app.moment import Thing
from app.words.language import language, load
from app.words.said import declarations, declared, said, translated
from app.words.terms import meaning, tip
from engine.describe import describe
from engine.glossary import GLOSSARY
from engine.mm import image as im
from engine.reading.chain import Place
from engine.timeline import Timeline
from engine.why import operation_text, thing_name

ENGLISH = re.compile(r"\b(the|is|are|of|no|not|nothing|its|and|at|from|in)\b")


@pytest.fixture(autouse=True)
def in_chinese(qapp):
    language().choose("zh_CN")
    yield
    language().choose("en")


def lines(told):
    yield from (told.title, told.place, told.state)
    if told.word is not None:
        yield told.word.summary
        yield from (field.meaning for field in told.word.fields)
    for row in told.chain:
        yield from (row.label, row.text, row.tip)
    for row in told.columns:
        yield from (row.text, row.tip)


@pytest.mark.parametrize("design", [0, 1, 2])
def test_every_thing_is_described_without_a_word_of_english(program, design):
    timeline = Timeline(program.with_settings({"machine.design": design}), False)
    while timeline.explore(2000):
        pass
    timeline.jump(timeline.length // 2)
    places = [Place("page", n, 1) for n in range(90)] + [Place("frame", n, 0) for n in range(1, 48)]
    places += [Place("slot", n, 0) for n in range(40)] + [Place("zswap", n, 0) for n in range(1, 5)]
    if design:
        places += [Place("desc", n, 0) for n in range(1, 60)]
    seen = 0
    for place in places:
        try:
            english = describe(timeline.view, program, place)
        except ValueError:
            continue
        seen += 1
        for line in lines(translated(english)):
            kept = re.sub(r"kernel|内核：.*|PG_\w+", "", line)
            assert not ENGLISH.search(kept), line
        assert translated(english).as_text() != english.as_text()
    assert seen > 100


def test_english_is_left_as_it_is(program):
    language().choose("en")
    timeline = Timeline(program, False)
    english = describe(timeline.view, program, Place("page", 1, 1))
    assert translated(english) is english


def test_what_is_not_there_is_said_too(program):
    timeline = Timeline(program, False)
    for place in (Place("page", 5000, 1), Place("slot", 9999, 0), Place("zswap", 99999, 0), Place("page", 1, 9)):
        with pytest.raises(ValueError) as refused:
            describe(timeline.view, program, place)
        assert re.search("[\u4e00-\u9fff]", said(refused.value.text))


def test_settings_figures_columns_and_words_are_all_in_the_catalogue():
    texts = load("zh_CN")
    missing = [text for text in declarations() if text and text not in texts]
    assert missing == []
    assert all(declared(setting.meaning) != setting.meaning for setting in im.schema.settings)


def test_operations_and_things_are_named(program):
    assert said(operation_text(program, int(program.ops[0]))) == "程序写 页 0"
    assert said(thing_name(program, Place(str(Thing.PAGE), 12, 1))) == "页 12"


def test_the_knobs_say_everything_in_chinese(window):
    window.looks.choose_language("zh_CN")
    for knob in window.docks.pressure.knobs.values():
        assert declared(knob.setting.meaning) in knob.toolTip()
        assert "Default" not in knob.toolTip()
        assert "Kernel:" not in knob.toolTip()
        assert not ENGLISH.search(knob.reason), knob.reason
    for button in window.docks.pressure.shocks.values():
        assert not ENGLISH.search(f"{button.text()} {button.toolTip()}")
    knob = window.docks.pressure.knobs["machine.frames"]
    assert "页" in knob.field.suffix()
    window.looks.choose_language("en")
    assert knob.field.suffix() == " pages"
    assert "Default" in knob.toolTip()


def test_words_of_the_glossary_carry_the_kernels_names():
    swapcache = next(term for term in GLOSSARY if term.term == "swapcache")
    assert "交换缓存" in meaning(swapcache)
    assert "PG_swapcache" in meaning(swapcache)
    assert tip("x", "nothing that is known") == "x"
    assert tip("", "machine.zswap.max_pool_percent").startswith("池")

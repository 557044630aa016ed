"""Texts of a scenario in another language: taken where they fit, refused with their place where they do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.cli.command import main
from engine.errors import InputError
from engine.scenario import load_scenario
from engine.scenario.translation import check_translations, in_language, load_texts

SCENARIO = """
format = 1
title = "A small one"
seed = 1
summary = "What it shows."
goals = ["Know it."]
lesson = "At **it is filled** there are {zswpout} pages."
[machine]
frames = 64
[[process]]
name = "editor"
pages = 80
[[run]]
process = "editor"
pattern = "sequential"
references = 80
[[run]]
mark = "it is filled"
[[step]]
title = "Filled"
when = "it is filled"
text = "There are {resident_pages} in [page 0](page:editor/0), at **it is filled**."
[[step.question]]
kind = "number"
ask = "How many?"
answer = "resident_pages"
unit = "pages"
hints = ["At most {machine.frames}."]
why = "All of them."
"""
TEXTS = """
title = "一个小的"
summary = "它展示什么。"
goals = ["了解它。"]
lesson = "在 **it is filled** 处有 {zswpout} 个页。"
[marks]
"it is filled" = "填满了"
[[step]]
title = "填满"
text = "[页 0](page:editor/0) 里，**it is filled** 时有 {resident_pages} 个。"
[[step.question]]
ask = "有多少个？"
unit = "页"
hints = ["至多 {machine.frames} 个。"]
why = "全部。"
"""


@pytest.fixture
def scenario(tmp_path: Path):
    (tmp_path / "small.toml").write_text(SCENARIO, encoding="utf-8")
    (tmp_path / "zh_CN").mkdir()
    (tmp_path / "zh_CN" / "small.toml").write_text(TEXTS, encoding="utf-8")
    return load_scenario(tmp_path / "small.toml")


def put(scenario, old, new):
    file = scenario.source.parent / "zh_CN" / "small.toml"
    assert old in file.read_text(encoding="utf-8")
    file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def problems(scenario):
    with pytest.raises(InputError) as refused:
        load_texts(scenario, "zh_CN")
    return [(one.key, one.what) for one in refused.value.problems]


def test_all_texts_are_those_of_the_language_and_nothing_else_is_another(scenario):
    told = in_language(scenario, "zh_CN")
    assert (told.title, told.summary, told.goals) == ("一个小的", "它展示什么。", ["了解它。"])
    assert told.lesson == "在 **填满了** 处有 {zswpout} 个页。"
    assert told.step[0].title == "填满"
    assert told.step[0].text == "[页 0](page:editor/0) 里，**填满了** 时有 {resident_pages} 个。"
    question = told.step[0].question[0]
    assert (question.ask, question.unit, question.hints, question.why) == (
        "有多少个？", "页", ["至多 {machine.frames} 个。"], "全部。"
    )  # fmt: skip
    assert (question.answer, told.step[0].when) == ("resident_pages", "it is filled")
    assert told.mark_names == {"it is filled": "填满了"}
    assert (told.machine, told.run, told.process) == (scenario.machine, scenario.run, scenario.process)
    assert told.build().ops.tolist() == scenario.build().ops.tolist()


def test_a_language_that_is_not_there_leaves_it_as_it_is(scenario):
    assert in_language(scenario, "de") is scenario
    assert in_language(scenario, "../x") is scenario
    assert load_texts(scenario, "en") is None


@pytest.mark.parametrize(
    ("old", "new", "key", "what"),
    [
        ("{zswpout} 个页", "很多页", "lesson", "the value zswpout of the scenario's text is missing"),
        ("至多 {machine.frames} 个。", "至多 {zswpin} 个。", "step.0.question.0.hints.0", "machine.frames"),
        ("(page:editor/0)", "(page:editor/1)", "step.0.text", "the link page:editor/0"),
        ('why = "全部。"', "", "step.0.question.0.why", "there is a text in the scenario, none here"),
        ('goals = ["了解它。"]', "", "goals", "the scenario has 1 of them, not 0"),
        ('"it is filled" = "填满了"', '"it is full" = "x"', "marks.it is full", "the run has no mark"),
        ('ask = "有多少个？"', 'ask = ""', "step.0.question.0.ask", ""),
        ('title = "填满"', 'title = "填满"\nwhen = "start"', "step.0.when", ""),
    ],
)
def test_what_does_not_fit_is_told_with_its_place(scenario, old, new, key, what):
    put(scenario, old, new)
    found = problems(scenario)
    assert any(at == key and what in told for at, told in found), found


def test_a_step_too_many(scenario):
    file = scenario.source.parent / "zh_CN" / "small.toml"
    file.write_text(TEXTS + '\n[[step]]\ntitle = "再一个"\n', encoding="utf-8")
    assert ("step", "the scenario has 1 of them, not 2") in problems(scenario)


def test_the_command_checks_them_too(scenario, capsys):
    check_translations(scenario)
    assert main(["check", str(scenario.source)]) == 0
    put(scenario, "{zswpout}", "")
    assert main(["check", str(scenario.source)]) == 2
    assert "zh_CN" in capsys.readouterr().err

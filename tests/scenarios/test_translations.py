"""Every scenario that comes with Swapscope is told in every language of the window, and tells the same."""

from __future__ import annotations

import re

import pytest

from app.words.language import NAMES, load
from engine.lesson.lesson import make_lesson
from engine.phrase import retold
from engine.resources import scenarios_dir
from engine.scenario import load_scenario
from engine.scenario.model import MarkPart
from engine.scenario.translation import in_language, load_texts

FILES = sorted(scenarios_dir().glob("*.toml"))
LANGUAGES = [code for code in NAMES if code != "en"]
ENGLISH = re.compile(r"\b(the|is|are|of|and|page|pages|slot|entry|frame)\b")


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_complete_and_fitting(file, code):
    scenario = load_scenario(file)
    texts = load_texts(scenario, code)
    assert texts is not None, "the scenario is not translated"
    assert len(texts.step) == len(scenario.step)
    assert bool(texts.lesson) == bool(scenario.lesson)
    assert bool(texts.summary) == bool(scenario.summary)
    assert set(texts.marks) == {part.mark for part in scenario.run if isinstance(part, MarkPart)}


def test_no_translation_without_its_scenario():
    for code in LANGUAGES:
        for file in (scenarios_dir() / code).glob("*.toml"):
            assert (scenarios_dir() / file.name).is_file(), file


@pytest.mark.parametrize("name", ["01-first-swap-out", "25-late-slot"])
def test_the_answers_are_the_same_and_all_is_told_in_chinese(name):
    scenario = load_scenario(scenarios_dir() / f"{name}.toml")
    texts = load("zh_CN")
    english = make_lesson(scenario, compiled=False)
    translated = in_language(scenario, "zh_CN")
    texts |= translated.mark_names
    chinese = make_lesson(translated, compiled=False, tell=lambda text: retold(text, texts.get))
    assert chinese.problems == english.problems == ()
    assert [step.moment for step in chinese.steps] == [step.moment for step in english.steps]
    for ours, theirs in zip(english.questions, chinese.questions, strict=True):
        assert (ours.id, ours.kind, ours.right, ours.accepts, ours.shown_at, len(ours.options)) == (
            theirs.id, theirs.kind, theirs.right, theirs.accepts, theirs.shown_at, len(theirs.options)
        )  # fmt: skip
    told = [text for step in chinese.steps for text in (step.title, step.text)]
    for asked in chinese.questions:
        told += [asked.ask, asked.answer, asked.shown, asked.why, *asked.options, *asked.hints]
    for text in told:
        plain = re.sub(r"\]\([^)]*\)|`[^`]*`|\*\w+\*|--\S+ \S+", "", text)
        assert not ENGLISH.search(plain), text

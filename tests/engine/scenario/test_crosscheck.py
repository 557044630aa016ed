"""What is possible key by key and makes no sense together: one mistake each, at its line."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.errors import InputError, Problem
from engine.scenario import Scenario

Read = Callable[..., Scenario]
MARK = '[[run]]\nmark = "%s"\n'
QUESTION = '[[step]]\ntitle = "s"\nwhen = "end"\n[[step.question]]\nkind = "%s"\nask = "?"\nanswer = "%s"\n'
CHOICE = """[[step]]
title = "s"
[[step.question]]
kind = "choice"
ask = "?"
[[step.question.option]]
text = "more"
holds = "pswpout > 0"
[[step.question.option]]
text = "%s"
holds = "pswpout == 0"
"""
GRADED = '[assignment]\ntask = "t"\n[[assignment.check]]\nthat = "%s"\n'
CHANGED = GRADED % "pswpout < 5" + "[[assignment.may_change]]\n%s\n"


def problem_of(read: Read, text: str) -> Problem:
    with pytest.raises(InputError) as caught:
        read(text)
    (problem,) = caught.value.problems
    assert problem.line is not None
    return problem


@pytest.mark.parametrize(("added", "key", "what", "expected"), [
    (QUESTION % ("number", "pswpout / 0"), "step.0.question.0.answer", "divides by 0", "not 0"),
    (QUESTION % ("number", "1 / (3 - 3)"), "step.0.question.0.answer", "divides by 0", "not 0"),
    (QUESTION % ("number", "1 / (2 / 0)"), "step.0.question.0.answer", "divides by 0", "not 0"),
    (QUESTION % ("number", "0x_"), "step.0.question.0.answer", "'0x_' is no number", "digits"),
    (QUESTION % ("number", "9" * 30), "step.0.question.0.answer", "too large", "at most"),
    (QUESTION % ("order", "page of next 0 'written back'"), "step.0.question.0.answer", "0 is not possible", "1 to 50"),
    (QUESTION % ("number", "1") + "tolerance = inf\n", "step.0.question.0.tolerance", "inf is", "a number from 0"),
    (QUESTION % ("choice", "pswpout") + 'choices = ["1", "1"]\n', "step.0.question.0.choices.1", "twice", "once"),
    (CHOICE % "more", "step.0.question.0.option.1.text", "twice", "once"),
    ('[[step]]\ntitle = "s"\n[step.let]\npswpout = "1"\n', "step.0.let.pswpout", "is a figure", "of its own"),
    (GRADED % "1 / 0 < 5", "assignment.check.0.that", "divides by 0", "not 0"),
    (CHANGED % 'key = "machine.frames"\nlow = -5', "assignment.may_change.0.low", "-5 is not possible", "from 8"),
    (CHANGED % 'key = "machine.frames"\nhigh = 99999999999', "assignment.may_change.0.high", "not possible", "from 8"),
    (CHANGED % 'key = "machine.design"\nlow = 0', "assignment.may_change.0.low", "0 is not possible", "legacy"),
    (CHANGED % 'key = "machine.design"\nchoices = ["vswap", "linux"]', "assignment.may_change.0.choices.1",
     "'linux' is not possible", "legacy"),
    (CHANGED % 'key = "machine.frames"' + '[[assignment.may_change]]\nkey = "machine.frames"\n',
     "assignment.may_change.1.key", "twice", "once"),
    (MARK % "filled", "run.2.mark", "'filled' is there twice", "of its own"),
    (MARK % "end", "run.2.mark", "'end' is the name of another moment", "of its own"),
    (MARK % "a\\nb", "run.2.mark", "'a·b' cannot be read", "one line"),
    (MARK % " ", "run.2.mark", "' ' cannot be read", "one line"),
    ('[[shock]]\nat = 3\n[[shock.run]]\nmark = "filled"\n', "shock.0.run.0.mark", "there twice", "of its own"),
    ('[[shmem]]\nname = "editor"\npages = 3\n', "shmem.1.name", "already a process", "of its own"),
    ('[[run]]\nop = "read"\nprocess = "editor"\npage = []\n', "run.2.page", "is empty", "one element"),
    ('[[run]]\nset = "machine.watermark_low"\nvalue = 64\n', "run.2.value", "64 leaves nothing of 64", "below 64"),
    ('[[check]]\nname = "outcome"\nop = "<"\nvalue = "finished"\n', "check.0.op", "less or more", "== or !="),
])  # fmt: skip
def test_added_to_what_is_right(added: str, key: str, what: str, expected: str, right: str, read: Read) -> None:
    problem = problem_of(read, right + added)
    assert problem.key == key
    assert what in problem.what
    assert expected in str(problem.expected)


@pytest.mark.parametrize(("old", "new", "key", "what", "expected"), [
    ("format = 1", "format = true", "format", "true has the wrong type", "whole number"),
    ('"right"', '" "', "title", "cannot be read", "one line"),
    ("frames = 64", "frames = 64\nwatermark_high = 64", "machine.watermark_high", "nothing of 64", "below 64"),
    ("slots = 100", "slots = 100\nbad = [7, 7]", "machine.swapfile.0.bad.1", "slot 7 is there twice", "once"),
    ("slots = 100", "slots = 2\nbad = [1, 2]", "machine.swapfile.0.bad", "no slot left", "good"),
])
def test_in_place_of_what_is_right(
    old: str, new: str, key: str, what: str, expected: str, right: str, read: Read
) -> None:
    problem = problem_of(read, right.replace(old, new, 1))
    assert problem.key == key
    assert what in problem.what
    assert expected in str(problem.expected)


def test_memory_may_shrink_only_as_far_as_its_watermarks(right: str, read: Read) -> None:
    text = right.replace("frames = 64", "frames = 64\nwatermark_high = 20", 1)
    smaller = '[[run]]\nset = "machine.frames"\nvalue = %d\n'
    assert read(text + smaller % 21)
    assert "nothing of 20 frames" in problem_of(read, text + smaller % 20).what
    lowered = '[[run]]\nset = "machine.watermark_high"\nvalue = 10\n'
    assert read(text + lowered + smaller % 20)

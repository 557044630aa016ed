"""Typed letters against texts."""

from __future__ import annotations

import pytest

from app.words.fuzzy import score


@pytest.mark.parametrize(("typed", "better", "worse"), [
    ("fault", "Next fault", "Default layout"),
    ("nf", "Next fault", "Information"),
    ("wb", "write back", "swap block"),
    ("fault next", "Next fault", "Previous fault"),
    ("MARK", "Next mark", "Remarkable things happen"),
])  # fmt: skip
def test_what_was_meant_comes_first(typed, better, worse):
    found = score(typed, better)
    assert found is not None
    assert found > (score(typed, worse) or float("-inf"))


@pytest.mark.parametrize(("typed", "text"), [
    ("xyz", "Next fault"), ("tluaf", "fault"), ("cage", "Reclaims all through huge trees"),
])  # fmt: skip
def test_what_does_not_fit(typed, text):
    assert score(typed, text) is None


def test_nothing_typed_fits_everything():
    assert score("", "anything") is not None

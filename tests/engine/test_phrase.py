"""Phrases: English as any other text, and told again in another language, however deep they are put together."""

from __future__ import annotations

import pickle

from engine.phrase import Phrase, joined, phrase, retold

CHINESE = {"page {n} of {who}": "{who} 的页 {n}", "in zswap": "在 zswap 中", "{what} now.": "现在{what}。",
           "{n}th": "第 {n}"}  # fmt: skip


def test_a_phrase_is_its_english_text():
    one = phrase("page {n} of {who}", n=7, who="editor")
    assert one == "page 7 of editor"
    assert isinstance(one, str)
    assert {one: 1}["page 7 of editor"] == 1
    assert f"{one:>20}".endswith("editor")


def test_told_in_another_language_with_what_is_filled_in():
    one = phrase("{what} now.", what=phrase("in zswap"))
    assert retold(one, CHINESE.get) == "现在在 zswap 中。"
    assert retold(phrase("page {n} of {who}", n=7, who="in zswap"), CHINESE.get) == "in zswap 的页 7"  # a name stays
    assert retold(phrase("not known {n}", n=1), CHINESE.get) == "not known 1"
    assert retold("in zswap", CHINESE.get) == "in zswap"  # a text that is no phrase


def test_parts_beside_each_other():
    one = joined(" · ", [phrase("in zswap"), "42", phrase("{n}th", n=4)])
    assert one == "in zswap · 42 · 4th"
    assert retold(one, CHINESE.get) == "在 zswap 中 · 42 · 第 4"
    assert joined(", ", []) == ""


def test_capital_letter_and_full_stop():
    one = phrase("{what} now.", what="it is").beginning()
    assert one == "It is now."
    assert one.unstopped() == "It is now"
    assert retold(one.unstopped(), CHINESE.get) == "现在it is"


def test_a_name_at_the_beginning_of_a_translation_stays_as_it_is():
    one = phrase("page {n} of {who}", n=7, who="editor").beginning()
    assert one == "Page 7 of editor"
    assert retold(one, CHINESE.get) == "editor 的页 7"
    assert retold(phrase("it is {n}", n=1).beginning(), CHINESE.get) == "It is 1"


def test_it_survives_being_copied_and_kept():
    one = phrase("page {n} of {who}", n=7, who="editor")
    again = pickle.loads(pickle.dumps(one))
    assert isinstance(again, Phrase)
    assert retold(again, CHINESE.get) == "editor 的页 7"

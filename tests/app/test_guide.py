"""The user's guide and the index of the documents: keys do what is told of them, links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

from app.actions import SPECS

DOCS = Path(__file__).parents[2] / "docs"
TOLD = {
    "Space": "play", "Shift+Space": "play_back", "Right": "step", "Left": "back", "Shift+Right": "on",
    "Home": "first", "End": "last", "]": "faster", "[": "slower", "F": "next_fault", "Shift+F": "previous_fault",
    "M": "next_mark", "Shift+M": "previous_mark", "Ctrl+G": "jump", "Ctrl+K": "palette",
    "Ctrl+1": "unit_transition", "Ctrl+2": "unit_reference", "Ctrl+3": "unit_fault", "Ctrl+4": "unit_event",
    "B": "branches", "Ctrl+Z": "undo", "Ctrl+N": "new", "F4": "edit", "Shift+F1": "glossary",
    "1": "depth_story", "2": "depth_mechanism", "3": "depth_kernel", "0": "fit", "C": "compare", "T": "tables",
    "S": "machines_side", "O": "machines_over", "A": "machines_alone", "D": "next_difference",
    "Shift+D": "previous_difference", "Ctrl+D": "first_difference",
    "Alt++": "zoom_in", "Alt+-": "zoom_out", "Alt+0": "zoom_all", "Alt+1": "arrange_lecture",
    "Alt+2": "arrange_explore", "Alt+3": "arrange_compare", "F5": "reload",
    "Alt+Left": "to_run", "Ctrl+O": "open", "Ctrl+S": "picture",
    "Ctrl+T": "theme", "Ctrl++": "larger", "Ctrl+-": "smaller", "Ctrl+0": "normal", "F11": "lecture", "Esc": "cancel",
}  # fmt: skip
"""What the guide's keys are said to do, by the names of actions."""


def test_the_guides_keys_are_the_windows() -> None:
    text = (DOCS / "guide.md").read_text(encoding="utf-8")
    table = re.search(r"<!-- keys -->\n(.*?)<!-- end -->", text, re.S)
    assert table is not None
    written = set(re.findall(r"`([^`]+)`", table[1]))
    assert written == set(TOLD)
    has = {key: spec.name for spec in SPECS for key in spec.keys}
    assert {key: has.get(key) for key in TOLD} == TOLD


def test_links_between_documents_lead_somewhere() -> None:
    for page in ("guide.md", "README.md", "teaching.md", "glossary.md"):
        text = (DOCS / page).read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", text):
            if re.match(r"(page|slot|frame|desc|entry|transition|mark|it)\b", target) is None:
                assert (DOCS / target).exists(), (page, target)


def test_the_index_has_every_document() -> None:
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    for page in DOCS.glob("*.md"):
        assert page.name == "README.md" or f"({page.name})" in index, page.name

"""Sheets as PDF: every page has its foot, and what belongs together stays together."""

from __future__ import annotations

import re
import zlib
from itertools import pairwise

from PySide6.QtGui import QTextDocument

from app.export import paper


def questions(count: int) -> str:
    parts = ["# A sheet", "Text of it."]
    for number in range(1, count + 1):
        parts += [f"## {number} A step", "Words. " * 60, f"**{number}.** What?"]
        parts.append("☐ **A** this\\\n☐ **B** that\\\n☐ **C** more")
    return "\n\n".join(parts)


def pages_of(data: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", data))


def test_pages_come_as_many_as_the_text_needs(qapp) -> None:
    short, long = paper.pdf(questions(1), "A sheet · 7"), paper.pdf(questions(14), "A sheet · 7")
    assert short.startswith(b"%PDF")
    assert pages_of(short) == 1
    assert pages_of(long) > 2
    assert b"A sheet" in long.replace(b"\x00", b""), "its title"


def test_a_question_is_not_parted_from_its_answers_nor_a_heading_from_its_question(qapp, monkeypatch) -> None:
    kept = []
    real = paper._keep_together

    def keep(document: QTextDocument, height: float) -> None:
        real(document, height)
        layout = document.documentLayout()
        for block in paper._blocks(document):
            box = layout.blockBoundingRect(block)
            kept.append((int(box.top() / height), int((box.bottom() - 1) / height), block.text(), paper._begins(block)))

    monkeypatch.setattr(paper, "_keep_together", keep)
    paper.pdf(questions(14))
    for (_, page, text, begins), (following, _, _, _) in pairwise(kept):
        if begins:
            assert page == following, f"{text!r} is the last on its page"
    assert len({page for page, *_ in kept}) > 2


def test_there_is_ink_in_the_foot(qapp) -> None:
    """The streams of a page draw more text where a foot is given."""
    def drawn(foot: str) -> int:
        streams = re.findall(rb"stream\r?\n(.*?)endstream", paper.pdf("# One", foot), re.S)
        texts = []
        for stream in streams:
            try:
                texts.append(zlib.decompress(stream))
            except zlib.error:
                continue
        return sum(text.count(b"Tj") for text in texts)

    assert drawn("A sheet · 7") > drawn("")

"""No text reaches a widget past ``tr``."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import app

SHOWN = {
    "setText", "setToolTip", "setStatusTip", "setAccessibleName", "setAccessibleDescription", "setWindowTitle",
    "setPlaceholderText", "setTitle", "QLabel", "QPushButton", "QToolButton", "QCheckBox", "QRadioButton", "QGroupBox",
    "addAction", "addMenu", "addTab", "addItem", "Text", "setLabelText", "addRow", "warning", "information", "question",
    "getSaveFileName", "getOpenFileName", "getInt", "getText", "say", "busy",
}  # fmt: skip
"""Calls whose texts a person reads."""
NAMES = {"Swapscope"}


def literals(tree):
    """Texts with a word in them that are handed to such a call as they are, or pieced together."""
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for part in node.args if name in SHOWN else ():
            parts = part.values if isinstance(part, ast.JoinedStr) else [part]
            found += [
                f"line {node.lineno}: {name}({one.value!r})" for one in parts
                if isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value.strip(" ·") not in NAMES
                and any(len(word) > 3 and word.isalpha() for word in one.value.split())
            ]  # fmt: skip
    return found


FILES = sorted(Path(app.__file__).parent.rglob("*.py"))


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_no_text_past_tr(file):
    assert literals(ast.parse(file.read_text(encoding="utf-8"))) == []


def test_a_literal_would_be_found():
    assert literals(ast.parse('QLabel("Some words")'))
    assert literals(ast.parse('this.setText(f"Transition {n}")'))
    assert not literals(ast.parse('QLabel(self.tr("Some words"))'))
    assert not literals(ast.parse('QLabel("Swapscope")'))

"""Every text of the canvas can be translated: written out where lupdate finds it, and shown in another language."""

import ast
import html
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QTranslator

import app.canvas
from app.canvas import Depth
from tests.app.canvas.fixtures import moment_of

FILES = sorted(Path(app.canvas.__file__).parent.glob("*.py"))


def texts():
    """Second argument of every call of ``translate`` with the file it is in."""
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "translate":
                yield file, node


class Brackets(QTranslator):
    """A language in which every text stands in brackets."""

    def __init__(self):
        super().__init__()
        self.asked = set()

    def translate(self, context, text, _disambiguation=None, _n=-1):
        if context != "Canvas":
            return None
        self.asked.add(text)
        return f"[{text}]"


def test_texts_are_written_out():
    assert sum(1 for _ in texts()) > 120
    for file, node in texts():
        assert ast.literal_eval(node.args[0]) == "Canvas", (file.name, node.lineno)
        assert isinstance(node.args[1], ast.Constant), (file.name, node.lineno)
        assert not node.keywords, "lupdate passes over calls with keywords"


@pytest.fixture
def brackets(qapp):
    language = Brackets()
    QCoreApplication.installTranslator(language)
    yield language
    QCoreApplication.removeTranslator(language)


@pytest.mark.parametrize("depth", list(Depth))
def test_another_language_is_shown_at_every_depth(canvas, built, brackets, depth):
    canvas.detail = depth
    canvas.show_moment(moment_of(built))
    for column in canvas.scene.columns:
        assert column.title.startswith("["), column.title
        assert column.name.startswith("["), column.name
    canvas.grab()
    assert len(brackets.asked) > 15


@pytest.mark.skipif(
    not (Path(sys.executable).parent / "pyside6-lupdate").exists() and not shutil.which("pyside6-lupdate"),
    reason="lupdate is not installed",
)
def test_lupdate_finds_every_text(tmp_path):
    tool = Path(sys.executable).parent / "pyside6-lupdate"
    command = str(tool) if tool.exists() else shutil.which("pyside6-lupdate")
    target = tmp_path / "canvas.ts"
    subprocess.run([command, *map(str, FILES), "-ts", str(target)], check=True, capture_output=True, timeout=120)
    source = target.read_text(encoding="utf-8")
    found = {html.unescape(text) for text in re.findall(r"<source>(.*?)</source>", source, re.DOTALL)}
    assert {ast.literal_eval(node.args[1]) for _, node in texts()} <= found

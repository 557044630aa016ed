"""Makes editors: on a file, and on a new scenario from a template. Imported when the first one is opened."""

from __future__ import annotations

from pathlib import Path

from app.editor.document import Document
from app.editor.drafts import left_behind
from app.editor.window import EditorWindow
from app.settings import Settings
from engine.cli.new import template

__all__ = ["editor_of", "left_behind", "new_editor"]
FIRST_NAME = "my-scenario"


def new_editor(settings: Settings) -> EditorWindow:
    """An editor on a scenario that has no file yet."""
    editor = EditorWindow(Document(template("plain", FIRST_NAME)), settings)
    editor.offer_templates({kind: template(kind, FIRST_NAME) for kind in ("lesson", "assignment")})
    return editor


def editor_of(path: Path, settings: Settings) -> EditorWindow:
    """An editor on a file; raises InputError when it cannot be read."""
    return EditorWindow(Document.read(path), settings)

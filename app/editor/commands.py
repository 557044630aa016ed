"""Every action of the editor's window, declared once: menus, toolbar and shortcuts come from here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.actions import SEPARATOR, Spec

if TYPE_CHECKING:
    from app.editor.window import EditorWindow

COMMANDS: tuple[Spec[EditorWindow], ...] = (
    Spec("editor_new", "&New scenario", "mdi6.file-plus-outline", "Begin a scenario from a template.",
         lambda w: w.new_wanted.emit(), ("Ctrl+N",)),
    Spec("editor_open", "&Open in the editor…", "mdi6.folder-open-outline", "Open another scenario file here.",
         lambda w: w.keeping.ask_and_open(), ("Ctrl+O",)),
    Spec("editor_save", "&Save", "mdi6.content-save-outline", "Write the file.",
         lambda w: w.keeping.save(), ("Ctrl+S",)),
    Spec("editor_save_as", "Save &as…", "", "Write another file, and go on with that one.",
         lambda w: w.keeping.ask_and_save(), ("Ctrl+Shift+S",)),
    Spec("editor_run", "&Run it", "mdi6.play", "Show it in the main window, saved or not.", lambda w: w.run(),
         ("F5", "Ctrl+Return")),
    Spec("editor_close", "&Close", "", "Close the editor.", lambda w: w.close(), ("Ctrl+W",)),
    Spec("editor_undo", "&Undo", "mdi6.undo", "Take the last change back.", lambda w: w.document.steps.undo(),
         ("Ctrl+Z",)),
    Spec("editor_redo", "&Redo", "mdi6.redo", "Make the change again that was taken back.",
         lambda w: w.document.steps.redo(), ("Ctrl+Shift+Z", "Ctrl+Y")),
    Spec("editor_scenario", "&Scenario", "mdi6.text-box-outline", "Title, summary and goals.",
         lambda w: w.tabs.setCurrentIndex(0), ("Alt+1",)),
    Spec("editor_machine", "&Machine", "mdi6.memory", "Every setting of the machine.",
         lambda w: w.tabs.setCurrentIndex(1), ("Alt+2",)),
    Spec("editor_workload", "&Workload", "mdi6.format-list-numbered", "The processes and what they do.",
         lambda w: w.tabs.setCurrentIndex(2), ("Alt+3",)),
    Spec("editor_lesson", "&Lesson", "mdi6.school-outline", "Steps and questions, what varies, homework.",
         lambda w: w.tabs.setCurrentIndex(3), ("Alt+4",)),
    Spec("editor_text", "&Text", "mdi6.code-braces", "The keyboard into the text, at the field that has it.",
         lambda w: w.going.show_in_text(), ("Alt+5",)),
    Spec("editor_find", "&Find in the text", "mdi6.text-search", "A line to search the text with.",
         lambda w: w.finder.ask(), ("Ctrl+F",)),
    Spec("editor_problem", "&Next problem", "mdi6.alert-circle-outline", "To the next thing that is wrong.",
         lambda w: w.going.next_problem(), ("F8",)),
)  # fmt: skip

MENUS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("&File", ("editor_new", "editor_open", SEPARATOR, "editor_save", "editor_save_as", SEPARATOR, "editor_run",
               SEPARATOR, "editor_close")),
    ("&Edit", ("editor_undo", "editor_redo", SEPARATOR, "editor_scenario", "editor_machine", "editor_workload",
               "editor_lesson", "editor_text", SEPARATOR, "editor_find", "editor_problem")),
)  # fmt: skip

TOOLBAR: tuple[str, ...] = ("editor_undo", "editor_redo", SEPARATOR, "editor_save", "editor_run")

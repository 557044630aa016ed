"""Every action of the window, declared once: menus, shortcuts, toolbar and the overview come from here.

``does`` takes the window. A name in a menu that is not an action is a part the window fills in at
run time (recent files, scenarios, marks, kinds of event). The editor's own are in :mod:`app.editor.commands`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from PySide6.QtGui import QAction, QActionGroup, QIcon, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from app import icons, theme
from engine.shocks import SHOCKS, Shock

if TYPE_CHECKING:
    from app.shell.window import MainWindow


W = TypeVar("W")


@dataclass(frozen=True)
class Spec(Generic[W]):
    """One action of a window of sort ``W``."""

    name: str
    text: str
    icon: str
    """Name in :mod:`app.icons`; empty for none."""
    tip: str
    does: Callable[[W], object]
    keys: tuple[str, ...] = ()
    checkable: bool = False
    group: str = ""
    """Actions of one group exclude each other."""
    needs_run: bool = False
    """Only of use while a run is open."""


def _strike(shock: Shock, window: MainWindow) -> None:
    window.branching.strike(shock)


SPECS: tuple[Spec[MainWindow], ...] = (
    Spec("open", "&Open scenario…", "mdi6.folder-open-outline", "Open a scenario file.",
         lambda w: w.opening.ask_and_open(), ("Ctrl+O",)),
    Spec("new", "&New scenario", "mdi6.file-plus-outline", "Begin a scenario of your own in the editor.",
         lambda w: w.editors.new(), ("Ctrl+N",)),
    Spec("edit", "&Edit this scenario", "mdi6.file-edit-outline",
         "Machine and workload as forms, and the text beside them; the run here stays as it is.",
         lambda w: w.editors.edit(w.path), ("F4",), needs_run=True),
    Spec("policy", "&Policy of your own…", "mdi6.school-outline",
         "Run the scenario with a replacement or writeback policy from a Python file of yours.",
         lambda w: w.opening.ask_and_use_policy(), needs_run=True),
    Spec("reload", "&Reload", "mdi6.reload", "Read the scenario's file again and start anew.",
         lambda w: w.opening.reload(), ("F5",), needs_run=True),
    Spec("follow", "Reload when the file is &saved", "", "Start anew whenever the open file is saved by an editor.",
         lambda w: w.opening.set_follow(), checkable=True),
    Spec("lesson_stops", "Stop at the steps of the lesson", "",
         "While a lesson is under way, playing stops at the moment of each of its steps.",
         lambda w: w.lesson_steps.set_stops(w.actions_by_name["lesson_stops"].isChecked()), checkable=True),
    Spec("welcome", "&Welcome page", "mdi6.home-outline", "The scenarios that come with Swapscope.",
         lambda w: w.show_welcome(), ("Ctrl+Home",)),
    Spec("to_run", "&Back to the run", "mdi6.arrow-left", "The run that was seen before; it stands where you left it.",
         lambda w: w.opening.go_back(), ("Alt+Left",)),
    Spec("picture", "Save &picture…", "mdi6.image-outline", "Save a picture of this moment: PNG, SVG or PDF.",
         lambda w: w.saving.ask_and_save_picture(), ("Ctrl+S",), needs_run=True),
    Spec("window_picture", "Save picture of the w&indow…", "", "Save a picture of the whole window: PNG, SVG or PDF.",
         lambda w: w.saving.ask_and_save_window(), ("Ctrl+Shift+S",), needs_run=True),
    Spec("animation", "Save &animation…", "mdi6.filmstrip", "Save a span of the run as a moving picture.",
         lambda w: w.saving.ask_and_save_animation(), ("Ctrl+M",), needs_run=True),
    Spec("save_replay", "Save rep&lay…", "mdi6.content-save-outline",
         "Save a small file that opens this very moment again, with branch, panels, selection and what is compared.",
         lambda w: w.saving.ask_and_save_replay(), ("Ctrl+E",), needs_run=True),
    Spec("forget", "Forget recent files", "", "Empty the list of recent files.", lambda w: w.forget_recent()),
    Spec("quit", "&Quit", "", "Close the window.", lambda w: w.close(), ("Ctrl+Q",)),

    Spec("dark", "&Dark", "", "Light on dark.", lambda w: w.looks.choose_theme("dark"), checkable=True, group="theme"),
    Spec("light", "&Light", "", "Dark on light.",
         lambda w: w.looks.choose_theme("light"), checkable=True, group="theme"),
    Spec("contrast", "&High contrast", "", "White on black, with every edge drawn.",
         lambda w: w.looks.choose_theme("contrast"), checkable=True, group="theme"),
    Spec("system", "As the &system", "", "Dark or light, as the desktop has it now.",
         lambda w: w.looks.choose_theme("system"), checkable=True, group="theme"),
    Spec("theme", "Dark or light", "mdi6.theme-light-dark", "Switch between dark and light.",
         lambda w: w.looks.toggle_theme(), ("Ctrl+T",)),
    Spec("motion_none", "No &motion", "", "Nothing moves on its way; it is simply there.",
         lambda w: w.looks.choose_motion("none"), checkable=True, group="motion"),
    Spec("motion_short", "Sh&ort motion", "", "What moves is seen to move, quickly.",
         lambda w: w.looks.choose_motion("short"), checkable=True, group="motion"),
    Spec("motion_full", "&Full motion", "", "What moves is seen to move, slowly enough to follow.",
         lambda w: w.looks.choose_motion("full"), checkable=True, group="motion"),
    Spec("depth_story", "The stor&y", "mdi6.numeric-1-box-outline",
         "Memory, zswap and disk, and what is where: as simple as it can be told.",
         lambda w: w.looks.choose_depth("story"), ("1",), checkable=True, group="depth"),
    Spec("depth_mechanism", "The m&echanism", "mdi6.numeric-2-box-outline",
         "Page tables, descriptors, LRU lists, pool and slots, and how they hang together.",
         lambda w: w.looks.choose_depth("mechanism"), ("2",), checkable=True, group="depth"),
    Spec("depth_kernel", "The &kernel", "mdi6.numeric-3-box-outline",
         "Bits, counts, list heads, size classes, requests: every table as the kernel has it.",
         lambda w: w.looks.choose_depth("kernel"), ("3",), checkable=True, group="depth"),
    Spec("fit", "Fit to vie&w", "mdi6.fit-to-page-outline", "Every column of the machine whole again.",
         lambda w: w.canvas.fit(), ("0",), needs_run=True),
    Spec("tables", "&Tables", "mdi6.table", "The machine as tables: what is selected here is selected there.",
         lambda w: w.docks.call("tables"), ("T",), needs_run=True),
    Spec("legend", "Le&gend", "", "What the colours and shapes mean, under the machine.",
         lambda w: w.looks.set_legend(), checkable=True),
    Spec("language_en", "English", "", "All texts in English.",
         lambda w: w.looks.choose_language("en"), checkable=True, group="language"),
    Spec("language_zh_CN", "简体中文", "", "All texts in simplified Chinese.",
         lambda w: w.looks.choose_language("zh_CN"), checkable=True, group="language"),
    Spec("larger", "&Larger type", "", "Everything written larger.",
         lambda w: w.looks.scale_type(1.1), ("Ctrl++", "Ctrl+=")),
    Spec("smaller", "&Smaller type", "", "Everything written smaller.",
         lambda w: w.looks.scale_type(1 / 1.1), ("Ctrl+-",)),
    Spec("normal", "&Normal type", "", "Type as it was.", lambda w: w.looks.scale_type(0), ("Ctrl+0",)),
    Spec("full", "&Full screen", "mdi6.fullscreen", "The window on the whole screen.",
         lambda w: w.looks.toggle_full_screen(), ("Shift+F11",), checkable=True),
    Spec("lecture", "&Lecture mode", "mdi6.presentation",
         "The machine and a caption in large type on the whole screen; PageDown and PageUp step, Esc leaves.",
         lambda w: w.lecture.toggle(), ("F11",), checkable=True, needs_run=True),
    Spec("arrange", "&Arrange panels anew", "", "Every panel of this arrangement back where it comes.",
         lambda w: w.arrangements.reset(), needs_run=True),
    Spec("arrange_lecture", "Panels for a lect&ure", "", "The lesson beside the machine, and the timeline.",
         lambda w: w.looks.choose_arrangement("lecture"), ("Alt+1",), checkable=True, group="arrangement",
         needs_run=True),
    Spec("arrange_explore", "Panels to e&xplore", "", "All panels as tabs beside the machine.",
         lambda w: w.looks.choose_arrangement("explore"), ("Alt+2",), checkable=True, group="arrangement",
         needs_run=True),
    Spec("arrange_compare", "Panels to com&pare", "", "Charts above, what is selected and the pressure below.",
         lambda w: w.looks.choose_arrangement("compare"), ("Alt+3",), checkable=True, group="arrangement",
         needs_run=True),

    Spec("first", "To the &start", "mdi6.skip-backward", "To the start of the run.",
         lambda w: w.player.first(), ("Home",), needs_run=True),
    Spec("back", "Step &back", "mdi6.step-backward", "One step back.",
         lambda w: w.player.step(-1), ("Left", "PgUp"), needs_run=True),
    Spec("play", "&Play", "mdi6.play", "Play, or pause.", lambda w: w.player.toggle(1), ("Space",), needs_run=True),
    Spec("play_back", "Play back&wards", "mdi6.play", "Play backwards, or pause.",
         lambda w: w.player.toggle(-1), ("Shift+Space",), needs_run=True),
    Spec("step", "Step &on", "mdi6.step-forward", "One step on.",
         lambda w: w.player.step(1), ("Right", "PgDown"), needs_run=True),
    Spec("on", "&Fast forward", "mdi6.fast-forward", "Run on as fast as it goes, or pause.",
         lambda w: w.player.run_on(), ("Shift+Right",), needs_run=True),
    Spec("last", "To the &end", "mdi6.skip-forward", "Carry the run out to its end.",
         lambda w: w.player.last(), ("End",), needs_run=True),
    Spec("cancel", "Stop &what takes long", "mdi6.close", "Stop where the run is now.",
         lambda w: w.going.escape(), ("Esc",), needs_run=True),
    Spec("unit_transition", "by &transition", "", "One step is one state change.",
         lambda w: w.player.choose_unit("transition"), ("Ctrl+1",), checkable=True, group="unit"),
    Spec("unit_reference", "by &reference", "", "One step is one reference of the program.",
         lambda w: w.player.choose_unit("reference"), ("Ctrl+2",), checkable=True, group="unit"),
    Spec("unit_fault", "by fa&ult", "", "One step goes to the next fault.",
         lambda w: w.player.choose_unit("fault"), ("Ctrl+3",), checkable=True, group="unit"),
    Spec("unit_event", "by e&vent", "", "One step goes to the next transition of the kind chosen.",
         lambda w: w.player.choose_unit("event"), ("Ctrl+4",), checkable=True, group="unit"),
    Spec("faster", "F&aster", "mdi6.speedometer", "Play faster.", lambda w: w.going.change_speed(5), ("]",)),
    Spec("slower", "Slo&wer", "mdi6.speedometer-slow", "Play slower.", lambda w: w.going.change_speed(-5), ("[",)),

    Spec("palette", "&Command palette…", "mdi6.magnify",
         "Type a few letters of what to do or where to go: an action, a scenario, a mark, a kind, a panel.",
         lambda w: w.show_palette(), ("Ctrl+K", "Ctrl+Shift+P")),
    Spec("compare", "&Compare with another run", "mdi6.compare-horizontal",
         "The same workload under the other design, side by side; once more ends it.",
         lambda w: w.comparing.toggle(), ("C",), checkable=True, needs_run=True),

    Spec("machines_side", "Machines s&ide by side", "mdi6.view-split-vertical",
         "What is compared as machines beside each other, with marks on what differs.",
         lambda w: w.comparing.show_machines("side"), ("S",), checkable=True, group="machines", needs_run=True),
    Spec("machines_over", "Machines o&verlaid", "mdi6.layers-outline",
         "One machine, with marks that show what the others have instead.",
         lambda w: w.comparing.show_machines("over"), ("O",), checkable=True, group="machines", needs_run=True),
    Spec("machines_alone", "One machine &alone", "mdi6.square-outline",
         "One machine without marks; the figures of the others stay in Compare.",
         lambda w: w.comparing.show_machines("alone"), ("A",), checkable=True, group="machines", needs_run=True),
    Spec("first_difference", "&First difference", "mdi6.source-commit-start-next-local",
         "To the first operation that the compared runs carry out differently.",
         lambda w: w.comparing.seek(0), ("Ctrl+D",), needs_run=True),
    Spec("next_difference", "Next &difference", "", "On to the next operation that is carried out differently.",
         lambda w: w.comparing.seek(1), ("D",), needs_run=True),
    Spec("previous_difference", "Last differenc&e", "", "Back to the operation before that is carried out differently.",
         lambda w: w.comparing.seek(-1), ("Shift+D",), needs_run=True),

    Spec("why", "Wh&y did this happen?", "mdi6.help-circle-outline",
         "The chain of causes of this transition, and the life of what is selected.",
         lambda w: w.docks.toggle("why"), ("W",),
         needs_run=True),
    Spec("last_change", "&Last change of the selection", "", "Back to the last change of what is selected.",
         lambda w: w.reasons.seek(-1), (",",), needs_run=True),
    Spec("next_change", "Next change of the &selection", "", "On to the next change of what is selected.",
         lambda w: w.reasons.seek(1), (".",), needs_run=True),
    Spec("find", "&Find and stop…", "mdi6.text-search", "Search all transitions; say what playing is to stop at.",
         lambda w: w.stopping.open_panel(), ("Ctrl+F",), needs_run=True),
    Spec("next_stop", "&Next stop", "mdi6.debug-step-over", "On to where one of the stops of Find is met next.",
         lambda w: w.stopping.seek(1), ("N",), needs_run=True),
    Spec("previous_stop", "Pre&vious stop", "", "Back to where one of the stops of Find was met last.",
         lambda w: w.stopping.seek(-1), ("Shift+N",), needs_run=True),
    Spec("branches", "&Branches", "mdi6.source-branch", "What was changed where: shown, renamed, compared, removed.",
         lambda w: w.docks.toggle("branches"), ("B",), needs_run=True),
    Spec("undo", "&Undo the last change", "mdi6.undo",
         "Forget the branch that is shown, and stand where its change was made.",
         lambda w: w.branching.undo(), ("Ctrl+Z",), needs_run=True),
    Spec("save_branch", "Save branch as a &scenario…", "mdi6.content-save-edit-outline",
         "Save what was changed in the run as a scenario file that does the same.",
         lambda w: w.branching.ask_and_save(), ("Ctrl+Shift+E",), needs_run=True),
    *(Spec(f"shock_{shock.key}", shock.name, "", shock.tip, partial(_strike, shock), needs_run=True)
      for shock in SHOCKS),
    Spec("bookmark", "Book&mark this moment…", "mdi6.bookmark-outline",
         "A name for this moment, as a flag on the timeline.", lambda w: w.going.ask_and_bookmark(), ("Ctrl+B",),
         needs_run=True),
    Spec("next_bookmark", "Next b&ookmark", "", "To the next bookmark.",
         lambda w: w.going.seek_bookmark(1), ("Ctrl+Down",),
         needs_run=True),
    Spec("previous_bookmark", "Last bookmar&k", "", "Back to the bookmark before.", lambda w: w.going.seek_bookmark(-1),
         ("Ctrl+Up",), needs_run=True),
    Spec("loop", "&Loop this part", "mdi6.repeat",
         "Play the part of the run that the timeline shows again and again; Shift and a drag there choose another.",
         lambda w: w.going.toggle_loop(), ("L",), checkable=True, needs_run=True),
    Spec("jump", "&Jump to transition…", "mdi6.target", "To a transition by its number.",
         lambda w: w.going.ask_and_jump(), ("Ctrl+G",), needs_run=True),
    Spec("next_fault", "Next &fault", "", "To the next fault.",
         lambda w: w.going.seek_fault(1), ("F", "Ctrl+Right"), needs_run=True),
    Spec("previous_fault", "&Previous fault", "", "Back to the fault before.",
         lambda w: w.going.seek_fault(-1), ("Shift+F", "Ctrl+Left"), needs_run=True),
    Spec("next_mark", "Next &mark", "mdi6.flag-outline", "To the scenario's next mark.",
         lambda w: w.going.seek_mark(1), ("M",), needs_run=True),
    Spec("previous_mark", "Previous ma&rk", "", "Back to the mark before.",
         lambda w: w.going.seek_mark(-1), ("Shift+M",), needs_run=True),
    Spec("zoom_in", "Timeline: zoom &in", "mdi6.magnify-plus-outline", "Less of the run, more detail.",
         lambda w: w.timeline.zoom(0.5), ("Alt++", "Alt+="), needs_run=True),
    Spec("zoom_out", "Timeline: zoom &out", "mdi6.magnify-minus-outline", "More of the run.",
         lambda w: w.timeline.zoom(2.0), ("Alt+-",), needs_run=True),
    Spec("zoom_all", "Timeline: &whole run", "", "The whole run.",
         lambda w: w.timeline.show_all(), ("Alt+0",), needs_run=True),

    Spec("glossary", "&Glossary", "mdi6.book-open-variant", "What the words mean, and where they can be seen.",
         lambda w: w.show_glossary(), ("Shift+F1",)),
    Spec("shortcuts", "&Keyboard shortcuts", "mdi6.keyboard-outline", "All keys at a glance.",
         lambda w: w.show_shortcuts(), ("F1",)),
    Spec("about", "&About Swapscope", "mdi6.information-outline", "What this is.", lambda w: w.show_about()),
)  # fmt: skip

SEPARATOR = "-"

MENUS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("&File", ("open", "menu:recent", "menu:scenarios", "welcome", "to_run", SEPARATOR, "new", "edit", SEPARATOR,
               "policy", "reload", "follow", SEPARATOR,
               "save_replay", "save_branch", "picture", "window_picture", "animation", SEPARATOR, "quit")),
    ("&View", ("dark", "light", "contrast", "system", SEPARATOR, "depth_story", "depth_mechanism",
               "depth_kernel", "fit", "tables", SEPARATOR, "machines_side", "machines_over",
               "machines_alone", SEPARATOR, "menu:panels", "arrange_lecture",
               "arrange_explore", "arrange_compare", "arrange", "legend", SEPARATOR, "motion_full",
               "motion_short", "motion_none", SEPARATOR, "larger", "smaller", "normal", "menu:languages",
               SEPARATOR, "full", "lecture")),
    ("&Run", ("play", "play_back", "cancel", SEPARATOR, "step", "back", "on", "first", "last", "loop", "lesson_stops",
              SEPARATOR,
              "unit_transition", "unit_reference", "unit_fault", "unit_event", "menu:events", SEPARATOR, "faster",
              "slower", SEPARATOR, "menu:shocks", "undo", SEPARATOR, "compare", "menu:compared")),
    ("&Go", ("palette", "jump", SEPARATOR, "why", "last_change", "next_change", SEPARATOR, "find", "next_stop",
             "previous_stop", SEPARATOR, "first_difference", "next_difference", "previous_difference", SEPARATOR,
             "next_fault", "previous_fault", SEPARATOR, "next_mark", "previous_mark",
             "menu:marks", "bookmark", "next_bookmark", "previous_bookmark", SEPARATOR, "branches", "menu:branches",
             SEPARATOR, "zoom_in", "zoom_out", "zoom_all")),
    ("&Help", ("glossary", "shortcuts", "about")),
)  # fmt: skip

TRANSPORT: tuple[str, ...] = ("first", "back", "play", "step", "on", "last")
"""Buttons of the top bar."""


def build(window: QMainWindow, specs: Sequence[Spec[Any]] = SPECS) -> dict[str, QAction]:
    """The actions of one window, by name."""
    made: dict[str, QAction] = {}
    groups: dict[str, QActionGroup] = {}
    for spec in specs:
        action = QAction(window.tr(spec.text), window)
        action.setObjectName(spec.name)
        action.setShortcuts([QKeySequence(key) for key in spec.keys])
        keys = ", ".join(key.toString(QKeySequence.SequenceFormat.NativeText) for key in action.shortcuts())
        action.setToolTip(window.tr(spec.tip) + (f"  [{keys}]" if keys else ""))
        action.setStatusTip(window.tr(spec.tip))
        action.setCheckable(spec.checkable)
        if spec.group:
            group = groups.get(spec.group)
            if group is None:
                group = groups[spec.group] = QActionGroup(window)
            group.addAction(action)
        action.triggered.connect(partial(_trigger, spec, window))
        window.addAction(action)
        made[spec.name] = action
    dress(made, specs)
    return made


def _trigger(spec: Spec[Any], window: QMainWindow, _checked: bool = False) -> None:
    spec.does(window)


def dress(actions: dict[str, QAction], specs: Sequence[Spec[Any]] = SPECS) -> None:
    """Icons in the colours of the theme."""
    for spec in specs:
        if spec.icon:
            actions[spec.name].setIcon(icon(spec.icon))


def icon(name: str, colour: str = "", flip: bool = False) -> QIcon:
    """An icon in a colour of the theme (by the field's value), normally that of text."""
    colours = theme.current()
    return icons.icon(name, colour or colours.text, colours.raised_edge, flip)


def fill_menus(
    window: QMainWindow,
    actions: dict[str, QAction],
    parts: dict[str, QMenu],
    menus: Sequence[tuple[str, tuple[str, ...]]] = MENUS,
) -> None:
    """The menu bar; ``parts`` are the menus that the window fills itself, by the name behind ``menu:``."""
    for title, entries in menus:
        menu = window.menuBar().addMenu(window.tr(title))
        menu.setToolTipsVisible(True)
        for entry in entries:
            if entry == SEPARATOR:
                menu.addSeparator()
            elif entry.startswith("menu:"):
                menu.addMenu(parts[entry.removeprefix("menu:")])
            else:
                menu.addAction(actions[entry])


def set_run_open(actions: dict[str, QAction], there: bool) -> None:
    """Switch off what needs a run while none is open."""
    for spec in SPECS:
        if spec.needs_run:
            actions[spec.name].setEnabled(there)

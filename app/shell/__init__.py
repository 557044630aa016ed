"""The main window around its views: bars, docks, menus, dialogues, first page, and playing."""

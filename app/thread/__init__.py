"""Work beside the window: the engine's thread, how it is driven and what it leaves to be shown, and other threads."""

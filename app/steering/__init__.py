"""Between panels and the engine's thread while a run is open: comparing, stopping, branching, saving and the like."""

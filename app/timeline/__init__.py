"""The run from its start to its end: lanes of what happened, the pressure, marks, and the cursor."""

"""Lessons: steps at moments of a run, questions that the run itself answers, and grading of assignments."""


"""A worked example of a writeback policy of one's own: the page that came to the pool least often leaves it.

A page that keeps coming back to the pool is one that is wanted again and again; one that came once,
such as a page of a backup, is hardly ever. Linux only knows who came first. Try it with

    swapscope run 26-writeback-policy --policy scenarios/policies/fewest_visits.py
"""


class FewestVisits:
    """Counts how often each page has come to the pool."""

    def __init__(self, pages):
        """The pool may take ``pages`` pages of memory."""
        self.visits = {}

    def stored(self, entry):
        """A page was compressed into the pool."""
        page = (entry.process, entry.page)
        self.visits[page] = self.visits.get(page, 0) + 1

    def left(self, entry):
        """An entry is in the pool no more: its page was wanted back, was written back, or is gone."""

    def write_back(self, entries):
        """Room is needed: which of ``entries`` (the coldest first) is written to the swapfile? None: none of them."""
        return min(entries, key=lambda entry: self.visits[entry.process, entry.page])

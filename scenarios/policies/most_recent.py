"""A worked example of a replacement policy of one's own: evict the page that was used last (MRU).

For a loop that is a little larger than memory this is nearly the best there is, where LRU is the
worst: try it with

    swapscope run 18-thrashing --policy scenarios/policies/most_recent.py
"""


class MostRecent:
    """Keeps a stack of the pages in memory, the one used last on top."""

    def __init__(self, frames):
        """Memory holds ``frames`` pages."""
        self.stack = []

    def loaded(self, page):
        """A page came into memory: by being wanted, so it is the one used last."""
        self.stack.append(page)

    def used(self, page, write):
        """A page in memory was used."""
        self.stack.remove(page)
        self.stack.append(page)

    def victim(self, pages):
        """Memory is full: which of ``pages`` leaves?"""
        while True:
            page = self.stack.pop()
            if page in pages:
                return page

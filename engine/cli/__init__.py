"""The command line: everything that can be done without a window; Qt is loaded only by commands that draw."""

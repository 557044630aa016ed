"""The window: shows a machine at one moment of its history and drives it. Everything Qt is in here."""

"""What can be taken along: pictures."""

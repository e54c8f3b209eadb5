"""The room of the sealed relationship check-in."""

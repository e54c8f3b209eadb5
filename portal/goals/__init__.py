"""The room of the goal board."""

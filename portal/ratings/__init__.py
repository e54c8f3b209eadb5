"""The room of the numbers that a goal is rated with."""

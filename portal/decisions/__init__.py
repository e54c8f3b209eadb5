"""Decisions that the two weigh together: options, for and against, what matters most, what was decided, when to look again."""

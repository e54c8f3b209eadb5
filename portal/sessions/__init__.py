"""The room of the session: the hour in which both sit in front of the same things."""

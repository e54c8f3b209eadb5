"""Measurements (`make bench`): timing belongs here, behaviour in the tests."""

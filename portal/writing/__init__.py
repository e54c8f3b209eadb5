"""Texts that two people write at once, whatever they are about."""

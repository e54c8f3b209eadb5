"""Attacks over a raw socket and plain requests against a real server, without a browser."""

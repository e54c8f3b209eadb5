"""Exports: copies of the goals to print or to keep, made beside the request and thrown away after a short while."""

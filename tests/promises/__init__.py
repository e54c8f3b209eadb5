"""Tests of what the therapist promised."""

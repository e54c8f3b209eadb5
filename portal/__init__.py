"""Rapport: a portal in which a client and a therapist share goals, feedback and check-ins."""

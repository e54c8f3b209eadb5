"""The room of the shared space between a client and a therapist."""

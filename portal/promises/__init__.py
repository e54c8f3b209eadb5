"""What the therapist promised: cards of their own kind on the board, which only the client can tick."""

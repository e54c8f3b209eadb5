"""The room of people: their passwords, sessions, invitations and devices."""

"""Handing a device over: a therapist lends it to the client for one task, and takes it back with a PIN."""

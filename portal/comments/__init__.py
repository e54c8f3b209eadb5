"""The room of the short notes that people leave around goals, shares and check-ins."""

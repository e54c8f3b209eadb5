"""Real browsers before the real portal: what people see, and what their browsers refuse."""

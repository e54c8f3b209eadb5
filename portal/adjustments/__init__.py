"""The room of what the two agree to change, and whether it helped."""

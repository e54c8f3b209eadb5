"""The room of what one shares and how the other says it back."""

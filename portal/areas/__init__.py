"""Life areas, as the two of a case call them."""

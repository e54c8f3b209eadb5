"""One module per URL; pages compose components of rooms."""

"""Who may come in and do what: the outer gate, the inner gate and the rows that both read."""

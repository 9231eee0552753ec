"""Privacy: people take everything along, or are forgotten, and it can be proved."""

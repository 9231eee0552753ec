"""How fast and how much the account may send."""

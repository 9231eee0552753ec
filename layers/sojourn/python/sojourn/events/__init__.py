"""Events: what contacts did, as their clients sent it, checked and normalised, and the tables that keep them."""

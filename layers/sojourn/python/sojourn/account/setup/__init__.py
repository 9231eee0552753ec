"""From a fresh account to the first real mail: what must be done, by whom, and what we can do ourselves."""

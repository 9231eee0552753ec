"""Who changed what, when, from what and to what."""

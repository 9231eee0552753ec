"""Runs that stand still or failed: found, and let go on or ended by a person."""

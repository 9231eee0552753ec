"""Conditions: what a journey may ask about the events of one contact."""

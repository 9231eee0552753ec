"""Contacts: one profile a person, folded from events."""

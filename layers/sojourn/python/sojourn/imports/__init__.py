"""Imports: files of people and of what they did become events, which move nobody."""

"""Feedback: what providers and recipients say of messages, and what follows from it."""

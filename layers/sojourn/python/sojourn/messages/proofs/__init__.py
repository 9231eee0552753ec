"""Proofs: a template as somebody of the team gets it, before anybody else does."""

"""Addresses (as hashes) that must not be written to, or not so often, whoever they belong to."""

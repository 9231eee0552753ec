"""Identities: whose a user id, an anonymous id, an address or a number is."""

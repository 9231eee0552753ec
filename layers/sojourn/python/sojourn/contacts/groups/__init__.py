"""Accounts that people belong to: what is known of one, and who its members are."""

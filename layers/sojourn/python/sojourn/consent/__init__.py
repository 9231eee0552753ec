"""Consent: what a person allowed, by channel, purpose and topic; and addresses that must never be written to."""

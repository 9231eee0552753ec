"""Sojourn: journeys of messages, waits and branches in a company's own AWS account."""

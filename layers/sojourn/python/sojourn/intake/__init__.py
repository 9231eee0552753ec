"""Webhooks of shops and payment services: whose a delivery is, and what it means in our words."""

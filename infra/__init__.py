"""What the product stands on: nested templates, house rules, and the local cloud."""

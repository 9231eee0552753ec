"""Delivery: the one place that decides who gets what, when, by which channel, or why not."""

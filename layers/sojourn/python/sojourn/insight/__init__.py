"""Insight: figures kept as things happen, and answers to why, why not, and when next."""

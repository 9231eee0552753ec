"""Asking other systems: by a webhook, signed as Standard Webhooks says, or one of the account's functions.

Whatever goes wrong is one of a few reasons (`model.Failure`), and nothing of an answer that failed is kept.
"""

"""What is remembered of people who were erased; see store.py."""

from sojourn.contacts.memory.store import Memory, erased_at, identity_hash, recall, remember

__all__ = ["Memory", "erased_at", "identity_hash", "recall", "remember"]

"""The function call_out."""

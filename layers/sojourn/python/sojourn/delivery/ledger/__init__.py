"""The messages of a contact that caps count."""

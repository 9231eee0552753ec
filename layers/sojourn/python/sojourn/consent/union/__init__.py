"""What a merge of two contacts does to what they allowed."""

"""The list of a segment's members, of every one of which there is a row."""

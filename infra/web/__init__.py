"""What comes from npm, by its locks: Segment's own clients, and what the console's pages load."""

"""What comes from npm, by its lock: Segment's own clients."""

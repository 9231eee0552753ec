"""Due: what must happen at a moment, in buckets that the sweep walks."""

"""Who is in which segment: judged when something changes, never rescanned, and told with its cause."""

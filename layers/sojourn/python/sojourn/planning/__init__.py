"""What would happen: journeys rehearsed on a virtual clock, or held against the archive. Nothing is sent."""

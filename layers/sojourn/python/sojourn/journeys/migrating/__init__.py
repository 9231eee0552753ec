"""People in older versions of a journey: where they stand, and what becomes of them when a new one is live."""

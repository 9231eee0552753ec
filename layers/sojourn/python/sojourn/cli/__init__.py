"""The `sojourn` command: check and compile journeys on the laptop, ask and publish through the API."""

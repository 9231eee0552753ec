"""What journeys made of attributes that they change by what these were."""

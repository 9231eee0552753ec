"""Tasks for people: a step of a journey that a person settles with one of its outcomes, in time or not at all."""

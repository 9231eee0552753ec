"""Journeys: their language, their compiler, and the enrolments that walk them."""

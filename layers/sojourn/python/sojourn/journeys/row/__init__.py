"""The row of an enrolment."""

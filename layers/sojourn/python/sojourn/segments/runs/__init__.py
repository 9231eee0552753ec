"""Runs through all contacts: a backfill, a verification, new quantiles."""

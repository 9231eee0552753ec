"""A folder of journeys, segments and templates, held against the workspace: plan, apply, pull, diff."""

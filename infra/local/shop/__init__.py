"""A small record shop that uses our tracker as any shop would: another origin, a browser's key, one line of script."""

"""Places: placeholder."""

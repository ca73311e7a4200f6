"""Container instances."""

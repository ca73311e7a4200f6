"""Tasks: shown, stopped, and what agents tell of them."""

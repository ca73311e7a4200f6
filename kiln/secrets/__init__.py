"""What looks like a secret, and is never printed."""

"""IAM's evaluation of a policy: pure functions."""

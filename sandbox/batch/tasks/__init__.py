"""What of a job ECS is asked to run."""

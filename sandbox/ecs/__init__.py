"""ECS: container instances."""

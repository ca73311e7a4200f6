"""What the agent says to ECS and hears from it."""

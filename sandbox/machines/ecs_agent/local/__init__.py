"""What the machine's containers and people may ask the agent."""

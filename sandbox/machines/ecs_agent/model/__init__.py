"""What the agent knows: its settings, its tasks and what it keeps of them over its own end."""

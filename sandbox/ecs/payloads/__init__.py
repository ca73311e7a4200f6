"""What an agent is sent: a task as its payload, with roles' credentials."""

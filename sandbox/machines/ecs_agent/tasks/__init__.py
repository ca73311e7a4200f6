"""How a task runs in the machine's Docker, from its payload to its last report."""

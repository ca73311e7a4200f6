"""The machines of compute environments: what becomes of them, and how they end."""

"""How the agent speaks: HTTP, signatures, web sockets, the metadata service."""

"""The door: the HTTP server, the way of a request, and the sandbox's own routes."""

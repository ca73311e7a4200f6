"""The container registry: Debian's docker-registry as a child process, and the public images that it stands in for."""

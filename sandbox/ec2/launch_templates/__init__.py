"""Launch templates and their versions."""

"""Files of one's own into an environment's bucket."""

"""Reading shell: what a script runs, in which order, and what it writes."""

"""Why a job waits, and what places it."""

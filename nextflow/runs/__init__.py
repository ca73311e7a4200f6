"""Named runs of pipelines: their head jobs, their tasks, what they cost, and what they left."""

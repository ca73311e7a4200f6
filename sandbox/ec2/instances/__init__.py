"""Instances: RunInstances, their life, their calls."""

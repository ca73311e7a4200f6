"""Compute environments."""

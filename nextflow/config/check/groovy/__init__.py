"""Groovy as closures of configurations have it: signs, values, expressions. Not all of it."""

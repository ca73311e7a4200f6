"""The picture of a sizing: what tasks used, what they asked for, and what is chosen."""

"""What a role may do: asked of IAM, or decided by its policies."""

"""Systems Manager: the public parameters of the ECS-optimized AMIs."""

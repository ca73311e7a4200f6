"""What ECS remembers, its names and its errors."""

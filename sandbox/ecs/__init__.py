"""The sandbox's own Amazon ECS, in the place of moto's: clusters, container instances, tasks, and their agents."""

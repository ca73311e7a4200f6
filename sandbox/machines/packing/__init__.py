"""The package that the stand-in images have in place of ecs-init."""

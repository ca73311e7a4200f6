"""The stand-in for the ECS agent: a program for the machines (Python 3.9, standard library), not for the sandbox."""

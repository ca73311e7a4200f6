"""Whether the machines of an environment can hold what a pipeline asks for, before it is submitted."""

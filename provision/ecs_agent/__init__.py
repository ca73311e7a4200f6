"""The settings of the ECS agent: which there are, what each takes, and the provisioner that writes them."""

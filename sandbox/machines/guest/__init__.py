"""What a guest is given beside its disks, so that it passes for an instance of its type."""

"""Real machines for the offline AWS: QEMU guests that pass for EC2 instances, and the few services they need."""

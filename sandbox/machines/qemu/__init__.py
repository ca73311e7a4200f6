"""QEMU machines that pass for EC2 instances: QEMU's command line, its protocol, and the hypervisor of them all."""

"""What stands between an instance's record and its machine: disks, switching on and off, metadata."""

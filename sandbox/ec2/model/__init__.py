"""What all of EC2's rooms speak of: its records, ids, tags, instance types, errors."""

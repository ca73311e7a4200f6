"""The default VPC and security groups."""

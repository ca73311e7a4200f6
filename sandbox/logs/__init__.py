"""CloudWatch Logs: moto's; here is what a call must be allowed."""

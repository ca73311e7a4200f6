"""Every place where the sandbox stands in for a part of moto."""

"""What Docker talks to: the registry under its own name, with logins and rights before every step."""

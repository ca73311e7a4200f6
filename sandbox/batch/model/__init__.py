"""What all of Batch's rooms speak of: its records, names, errors, and the account that it finds."""

"""What all of Batch's rooms speak of: its records, names, pages, errors, and the account that it finds."""

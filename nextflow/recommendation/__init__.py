"""What `invoke size` recommends of traces, in words, as a document, and written into definitions."""

"""Lists in pages, as AWS hands them out: sizes, tokens, and what of a list an answer holds."""

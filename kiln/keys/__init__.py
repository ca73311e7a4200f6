"""What the keys of a definition take, and the words for what does not fit them."""

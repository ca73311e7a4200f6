"""KMS: the keys of encrypted volumes."""

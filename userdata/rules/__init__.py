"""What scripts and files for machines of AWS Batch must not do."""

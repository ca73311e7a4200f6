"""S3: moto's, with AWS's laws that it leaves out."""

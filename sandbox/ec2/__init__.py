"""EC2: moto's, with AWS's laws that it leaves out."""

"""The sandbox's own AWS Batch, in the place of moto's: requests are parsed and answers shaped by botocore's model."""

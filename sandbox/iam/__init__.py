"""Who may do what: IAM's own evaluation of a request, in the place of moto's, and IAM's laws."""

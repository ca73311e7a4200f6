"""What ECR remembers: repositories and their images, logins, and the rules over them."""

"""ECR: repositories, logins, rights, and the images that its registry really has."""

"""What is wrong with an environment: one picture of it from AWS's read calls, and small pure checks over it."""

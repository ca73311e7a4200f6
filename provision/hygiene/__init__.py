"""Nothing of the builder stays in an image: the steps that take it away, and the checks that it is gone."""

"""The image of Nextflow: what it is made of, its build, its repository in ECR."""

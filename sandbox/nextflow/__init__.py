"""A stand-in for Nextflow, for images that are built where the real one cannot be had: a program, never imported."""

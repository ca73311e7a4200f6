"""The configuration of Nextflow for an environment: what it holds, and how it is written."""

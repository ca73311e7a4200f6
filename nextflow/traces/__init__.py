"""What Nextflow wrote down of a run's tasks: trace files and execution reports, of any version."""

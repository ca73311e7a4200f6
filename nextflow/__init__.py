"""Nextflow's side: sizing from traces, configuration, the head's container, runs."""

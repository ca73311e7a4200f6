"""A machine on which a person runs Nextflow's head: started, entered, ended."""

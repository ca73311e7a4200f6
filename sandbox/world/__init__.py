"""What all services share: the clock, the faults, the calls that came in, the things due later."""

"""The sessions of agents: what is sent to them and what they answer, whatever carries it."""

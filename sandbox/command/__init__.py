"""The command's side: starting, finding and stopping the background process, and what a person sees of it."""

"""What to do in place of a wait for the ECS agent."""

_UNIT = (
    "put it into a file such as /usr/local/bin/behind-agent.sh and start it in a unit of its own: systemd-run "
    "--no-block -p After=ecs.service bash /usr/local/bin/behind-agent.sh"
)
BEHIND = f"Leave it out (the agent starts by itself). For work behind the agent's start, {_UNIT}"
CLUSTER = f"Do what needs the cluster's name behind the agent's start: {_UNIT}"
BAKED = (
    "Leave it out: the agent starts by itself on each machine. For work behind its start, let the script enable a unit "
    "of its own that has After=ecs.service."
)
START = "Leave it out (the agent starts by itself), or write systemctl --no-block start ecs."

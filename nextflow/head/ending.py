"""How a head node ends by itself: behind its time limit, but never while a Nextflow runs on it (pure).

The look is every minute, and is set by a boot command, so that a boot which fails later ends too. With the shutdown
behaviour `terminate` EC2 then deletes the machine.
"""

import shlex

DEADLINE = "/etc/kiln-head-deadline"
SCRIPT = "/usr/local/sbin/kiln-head-end"
# A program `nextflow` in its interpreter, or what it becomes: Java with Nextflow's main class, or its jar.
_RUNNING = r"nextflow\.cli\.Launcher|java .*nextflow[^ ]*\.jar|^[^ ]*(sh|python[0-9.]*) ([^ ]*/)?nextflow( |$)"
END = f"""#!/bin/sh
# Kiln: ends this machine behind its time limit, but never while a Nextflow runs here.
[ "$(date +%s)" -ge "$(cat {DEADLINE} 2>/dev/null || echo 0)" ] || exit 0
if pgrep -f {shlex.quote(_RUNNING)} >/dev/null; then exit 0; elif [ $? -ne 1 ]; then exit 0; fi
exec /sbin/shutdown -h now
"""
_UNITS = {
    "/etc/systemd/system/kiln-head-end.service": "[Unit]\nDescription=Kiln: end this head node at its time limit\n"
    f"[Service]\nType=oneshot\nExecStart={SCRIPT}\n",
    "/etc/systemd/system/kiln-head-end.timer": "[Unit]\nDescription=Kiln: look at the head node's time limit\n"
    "[Timer]\nOnCalendar=minutely\nAccuracySec=1s\n[Install]\nWantedBy=timers.target\n",
}


def write_switch(time_limit: int) -> str:
    """Write the shell that sets the limit, in seconds from now, and the look at it."""
    files = "".join(f"cat >{path} <<'END'\n{text}END\n" for path, text in {SCRIPT: END, **_UNITS}.items())
    return (
        f"set -eu\nmkdir -p /usr/local/sbin\necho $(( $(date +%s) + {time_limit} )) >{DEADLINE}\n{files}"
        f"chmod 755 {SCRIPT}\nsystemctl daemon-reload\nsystemctl --no-block enable --now kiln-head-end.timer\n"
    )

"""Whether cloud-init has finished, and how: read from its own files, because its command takes seconds to start."""

import json
from dataclasses import dataclass

from kiln.errors import UserError

# /run/cloud-init/result.json is written when the last stage ends, status.json from the first one on (cloud-init's
# documentation, "Status"). Errors are final as soon as they are listed. Releases without these files (0.7 on Amazon
# Linux 1) only leave boot-finished behind. Printed: both files in one JSON document, then, if it failed, its log's end.
TOO_LATE = 3  # exit code of WAIT, after the end of the log, when its first argument, in seconds, has passed
WAIT = r"""
root=${KILN_ROOT:-}
status=$root/run/cloud-init/status.json result=$root/run/cloud-init/result.json
log() { tail -n 40 "$root/var/log/cloud-init-output.log" 2>/dev/null || :; }
failed() { cat "$status" "$result" 2>/dev/null | tr -d ' \n' | grep -q '"errors":\["'; }
over() {
  [ -e "$result" ] || [ -e "$root/run/cloud-init/disabled" ] || failed ||
    { [ ! -e "$status" ] && [ -e "$root/var/lib/cloud/instance/boot-finished" ]; }
}
until over; do
  if [ "$SECONDS" -ge "$1" ]; then log; exit 3; fi
  sleep 0.2
done
document() { cat "$1" 2>/dev/null || echo '{}'; }
printf '{"status": %s, "result": %s}\n' "$(document "$status")" "$(document "$result")"
if failed; then log; fi
"""


@dataclass(frozen=True)
class CloudInit:
    """`warnings` are what cloud-init calls recoverable errors: the machine is degraded but usable."""

    warnings: tuple[str, ...] = ()


def interpret(printed: str) -> CloudInit:
    """What WAIT printed, as a value; raises UserError, with the end of cloud-init's log, when it failed."""
    report, end = json.JSONDecoder().raw_decode(printed)
    status, result = report["status"].get("v1", {}), report["result"].get("v1", {})
    stages = [stage for stage in status.values() if isinstance(stage, dict)]
    errors = [error for part in (*stages, result) for error in part.get("errors", ())]
    if errors:
        why = "; ".join(dict.fromkeys(str(error) for error in errors))
        raise UserError("cloud-init failed on the machine", why, output=printed[end:].strip())
    recoverable = [part.get("recoverable_errors", {}) for part in (*stages, result)]
    messages = [message for levels in recoverable for texts in levels.values() for message in texts]
    return CloudInit(tuple(dict.fromkeys(messages)))

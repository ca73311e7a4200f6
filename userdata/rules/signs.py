"""By what a script can be seen to wait for the ECS agent, or for the end of the boot."""

import re

# try-restart and condrestart do nothing to a unit that does not run, and the agent does not.
STARTS = {"start", "restart", "reload-or-restart", "isolate"}
AGENT = re.compile(r"(amazon-)?ecs(\.service)?")
LATE = re.compile(
    r"\b(amazon-)?ecs\.service\b|\bcloud-final\b|\bcloud-init\.target\b|\b(multi-user|graphical|default)\.target\b"
)
QUIET = {"echo", "printf", "logger", ":loop", "sleep", "export"}
# What is asked in a loop, in the words of a pipeline: ports and containers of the agent, its unit, its files.
_AGENT_SIGNS = (
    r"(?<!\d)5167[89](?!\d)",
    r"\bdocker\b(?! (image )?(pull|run|build|load|import|tag|push|save|create|rmi)\b).*\b(amazon-)?ecs-agent\b",
    r"\b(systemctl|service|initctl|status)\b.*(?<![\w/.-])(amazon-)?ecs(\.service)?(?![\w/.-])",
    r"\b(pgrep|pidof|ps|killall)\b.*\b(amazon-ecs|ecs-agent|ecs\b)",
    r"/var/(lib|log|run)/ecs\b|/run/ecs\b",
    r"\baws\b.*\becs\b.*\b(list|describe)-container-instances\b|\bregisteredContainerInstancesCount\b",
    r"\b(list|describe)_container_instances\b|\bcontainers\.(list|get)\b.*\b(amazon-)?ecs-agent\b",
    r"\bjournalctl\b.*(-u|--unit[= ])\s*ecs\b",
)
# What AWS Batch's own part writes, which cloud-init runs behind all others.
_CLUSTER_SIGNS = (
    r"\bECS_CLUSTER\b.*/etc/ecs/ecs\.config\b",
    r"^(source|\.) /etc/ecs/ecs\.config$",
    r"/etc/ecs/ecs\.config\b.*\bECS_CLUSTER\b",
)
_BOOT_SIGNS = (
    r"\bcloud-init\b.*\bstatus\b",
    r"/boot-finished\b|/(run/cloud-init|var/lib/cloud/data)/result\.json",
    r"\bsystemctl\b.*\b(cloud-final|cloud-init\.target|multi-user\.target|graphical\.target|default\.target)",
    r"\bsystemctl\b.*\b(list-jobs|is-system-running)\b",
)
ASKS_AGENT, ASKS_BOOT = re.compile("|".join(_AGENT_SIGNS)), re.compile("|".join(_BOOT_SIGNS))
ASKS_CLUSTER = re.compile("|".join(_CLUSTER_SIGNS))
# What blocks by itself, without a loop.
BLOCKS = re.compile(
    r"watch\b.*(ecs|5167[89])|amazon-ecs-init start\b"
    r"|cloud-init status\b.*(--wait|-\w*w)|systemctl\b.*\bis-system-running\b.*--wait|docker wait .*ecs-agent"
    r"|inotifywait\b.*(/ecs\b|boot-finished|/var/lib/cloud)|wait-for-it\S* .*5167[89].*(-t ?0|--timeout=0)"
    r"|wget\b.*(-t ?0|--tries[= ](0|inf)).*5167[89]|tail\b.* (-\w*[fF]|--follow)\S* .*(/ecs[/-]|cloud-init)"
    r"|journalctl\b.*(-\w*f|--follow).*\becs\b|journalctl\b.*\becs\b.*(-\w*f\b|--follow)"
)
NEVER_ENDS = re.compile(
    r"sleep (inf|infinity)|tail\b(?!.*--pid).* (-\w*[fF]|--follow)( .*|$)|journalctl( .*)? (-\w*f|--follow)( .*|$)"
)
RETRIES = re.compile(r"(curl|wget)\b.*(--retry|--tries|-t ).*5167[89]|(curl|wget)\b.*5167[89].*(--retry|--tries|-t )")

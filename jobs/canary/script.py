"""What a canary's container runs: the command in Nextflow's form, and the script that it fetches from S3 (pure).

The script needs bash and coreutils alone. What it learns it prints, a line each: `kiln-canary NAME STATE WORDS`, STATE
being ok, failed or info. It never ends early: whatever fails, the rest is tried too.
"""

from shlex import quote
from string import Template

from jobs.canary.setting import Setting

MARK = "kiln-canary"
SCRIPT = ".command.run"
LOG = ".command.log"
CODE = ".exitcode"

_COMMAND = Template("""\
trap "[[ -n \\$$pid ]] && kill -TERM \\$$pid" TERM; \
trap "{ ret=\\$$?; $cli s3 cp --only-show-errors .command.log $log||true; exit \\$$ret; }" EXIT; \
$cli s3 cp --only-show-errors $script - | bash > >(tee .command.log) 2>&1 & pid=$$!; wait $$pid""")

_SCRIPT = Template("""\
#!/bin/bash
cli=$cli; region=$region; here=$here; input=$input; sum=$sum
scratch=$scratch; path=$path; bad=0
say() { printf '$mark %s\\n' "$$*"; }
aws() { "$$cli/bin/aws" --region "$$region" "$$@"; }
try() {
  local name=$$1 text; shift
  if text=$$("$$@" 2>&1); then say "$$name ok $${text//$$'\\n'/ }"; return 0; fi
  text=$${text//$$'\\n'/ }
  [ $${#text} -le 300 ] || text=$${text: -300}
  say "$$name failed $$text"; bad=1; return 1
}
checked() { local sums; sums=$$(sha256sum < "$$1") && [ "$${sums%% *}" = "$$sum" ]; }
mounted() {
  [ -x "$$cli/bin/aws" ] || { echo "there is no $$cli/bin/aws in the container"; return 1; }
  if (: > "$$cli/.kiln-canary") 2> /dev/null; then echo "$$cli can be written to"; return 1; fi
}
download() {
  aws s3 cp --only-show-errors "$$input" input.bin || return 1
  checked input.bin || { echo "what came from S3 is not what was put there"; return 1; }
}
tagged() {
  local place=$${here#s3://}
  aws s3api put-object-tagging --bucket "$${place%%/*}" --key "$${place#*/}/output.bin" \\
    --tagging 'TagSet=[{Key=kiln-canary,Value=yes}]'
}
deleted() { aws s3 cp --only-show-errors input.bin "$$here/scrap" && aws s3 rm --only-show-errors "$$here/scrap"; }
filled() {
  local gib file=$$path/kiln-canary.$$$$ size
  mkdir -p "$$path" && : > "$$file" || return 1
  for ((gib = 1; gib <= scratch; gib++)); do
    dd if=/dev/zero of="$$file" bs=1M count=1024 seek=$$(((gib - 1) * 1024)) conv=notrunc 2> dd.log \\
      || { rm -f "$$file"; echo "after $$((gib - 1)) GiB: $$(< dd.log)"; return 1; }
    say "progress info $$gib of $$scratch GiB written" >&3
  done
  sync
  size=$$(stat -c %s "$$file"); rm -f "$$file" || return 1
  [ "$$size" = $$((scratch * 1073741824)) ] || { echo "the file had $$size bytes"; return 1; }
  [ ! -e "$$file" ] || { echo "it could not be removed"; return 1; }
  echo "$$scratch GiB in $$SECONDS s"
}
exec 3>&1
say "kernel info $$(< /proc/sys/kernel/osrelease)"
while read -r device folder kind _; do [ "$$folder" = / ] && driver="$$kind $$device"; done < /proc/self/mounts
say "driver info $$driver"
say "python info $$(type -P python3 python python2 || echo none)"
{ read -r _; read -r _ _ _ free _; } < <(mkdir -p "$$path"; df -Pk "$$path")
say "free info $$free"
try mount mounted
try version aws --version
if text=$$(AWS_MAX_ATTEMPTS=1 aws --cli-connect-timeout 5 --cli-read-timeout 10 sts get-caller-identity --query Arn \\
  --output text 2>&1); then say "identity ok $$text"; else say "identity info $${text//$$'\\n'/ }"; fi
try download download && {
  try upload aws s3 cp --only-show-errors input.bin "$$here/output.bin" && try tag tagged
  try delete deleted
}
SECONDS=0
try scratch filled
printf '%s' "$$bad" > .exitcode
aws s3 cp --only-show-errors .exitcode "$$here/.exitcode"
say "end info $$bad"
exit "$$bad"
""")


def make_command(setting: Setting, queue: str) -> list[str]:
    """Make the container's command: it fetches the script from S3, runs it, and puts its output there."""
    cli = f"{setting.cli}/bin/aws --region {setting.region}"
    places = {name: quote(f"s3://{setting.bucket}/{setting.key(key, queue)}")
              for name, key in (("script", SCRIPT), ("log", LOG))}  # fmt: skip
    return ["bash", "-o", "pipefail", "-c", _COMMAND.substitute(cli=cli, **places)]


def make_script(setting: Setting, queue: str, checksum: str) -> str:
    """Make the script of a queue's job; `checksum` is the SHA-256 (hex) of the run's input."""
    here = f"s3://{setting.bucket}/{setting.key('', queue)}".rstrip("/")
    return _SCRIPT.substitute(
        mark=MARK, cli=quote(setting.cli), region=quote(setting.region), here=quote(here),
        input=quote(f"s3://{setting.bucket}/{setting.key('input.bin')}"), sum=checksum, scratch=setting.scratch,
        path=quote(setting.scratch_path),
    )  # fmt: skip

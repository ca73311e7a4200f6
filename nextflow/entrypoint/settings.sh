# shellcheck shell=bash
# The variables that a head job is given.
# shellcheck disable=SC2034  # read by the other parts
#
# always   NF_WORKDIR   root of work folders, s3://…        NF_LOGSDIR  where logs are kept, s3://…
#          NF_JOB_QUEUE the tasks' queue (an ARN)           NF_QUEUES   all queues where tasks may be (commas); that one
# of a run NF_RUN       its name                            NF_RUN_ID   its UUID: the session, and the label of its jobs
#          NF_RUNDIR    its own folder, s3://…              NF_WORK     its work folder, s3://…
#          NF_CONFIG, NF_PARAMS  its files, s3://…          NF_RESUME   1: end first what a former head left running
# choices  NF_CACHE     cloudcache, or sync: .nextflow is synchronised with S3, as in 2019
#          NF_CLI_PATH  the AWS CLI on the tasks' machines  NF_LAUNCHDIR  where Nextflow is started; /opt/work
# seconds  NF_LOCK_RENEW 30, NF_LOCK_STALE 180, NF_UPLOAD_EVERY 30, NF_STOP_TIMEOUT 120 (from SIGTERM to SIGKILL: the
#          agent's ECS_CONTAINER_STOP_TIMEOUT)

UUID='^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
ADDRESS='^s3://[a-z0-9][a-z0-9.-]+[a-z0-9](/[^][:space:]"\\$`'\'']*)?$'

read_settings() {
    need_variables NF_WORKDIR NF_LOGSDIR NF_JOB_QUEUE
    [[ -z ${NF_RUN:-} ]] || need_variables NF_RUN_ID NF_RUNDIR
    if (($# == 0)) || [[ -z $1 ]]; then
        fail 'no project is named' 'The first argument is the project: an address in S3, or a Git project.'
    fi
    PROJECT=$1
    ARGUMENTS=("${@:2}")
    NF_CACHE=${NF_CACHE:-cloudcache}
    [[ $NF_CACHE == cloudcache || $NF_CACHE == sync ]] || fail "NF_CACHE cannot be $NF_CACHE" 'Either cloudcache or sync.'
    read_addresses
    read_seconds NF_LOCK_RENEW 30 NF_LOCK_STALE 180 NF_UPLOAD_EVERY 30 NF_STOP_TIMEOUT 120
    ((NF_LOCK_STALE >= 4 * NF_LOCK_RENEW)) || fail 'NF_LOCK_STALE must be at least four times NF_LOCK_RENEW'
    read_region
    read_identity
}

need_variables() {
    local name missing=()
    for name in "$@"; do
        [[ -n ${!name:-} ]] || missing+=("$name")
    done
    ((${#missing[@]} == 0)) || fail "not set: ${missing[*]}" \
        'The job definition nextflow has these variables; those of a run, invoke run gives.'
}

read_addresses() {
    local name
    for name in NF_WORKDIR NF_LOGSDIR NF_RUNDIR NF_WORK NF_CONFIG NF_PARAMS; do
        [[ -n ${!name:-} ]] || continue
        [[ ${!name} =~ $ADDRESS ]] || fail "$name is no address in S3" 'As in s3://bucket/folder, without blanks, quotes or $.'
        printf -v "$name" '%s' "${!name%/}"
    done
}

read_seconds() {
    while (($#)); do
        local value=${!1:-$2}
        [[ $value =~ ^[1-9][0-9]{0,5}$ ]] || fail "$1 is no number of seconds: $value"
        printf -v "$1" '%s' "$value"
        shift 2
    done
}

# Agents before 1.104 tell no region; the queue's ARN does.
read_region() {
    REGION=${AWS_REGION:-${AWS_DEFAULT_REGION:-}}
    if [[ -z $REGION && $NF_JOB_QUEUE == arn:*:batch:*:*:* ]]; then
        IFS=: read -r _ _ _ REGION _ <<<"$NF_JOB_QUEUE"
    fi
    [[ -n $REGION ]] || fail 'not set: AWS_REGION' 'NF_JOB_QUEUE is no ARN that would tell it.'
    export AWS_REGION=$REGION AWS_DEFAULT_REGION=$REGION AWS_PAGER='' AWS_RETRY_MODE=${AWS_RETRY_MODE:-standard}
}

read_identity() {
    JOB=${AWS_BATCH_JOB_ID:-} ATTEMPT=${AWS_BATCH_JOB_ATTEMPT:-1}
    PLACE=$JOB/$ATTEMPT
    [[ -n $JOB ]] || PLACE=$(date -u +%Y%m%dT%H%M%SZ)-$(uname -n)-$$
    [[ -z ${NF_RUN:-} || $NF_RUN =~ ^[a-z]([a-z0-9]|[-_][a-z0-9]){0,79}$ ]] ||
        fail 'NF_RUN is no name for a run' 'Small letters, digits, and single - or _ between them; a letter first.'
    TOKEN=$(</proc/sys/kernel/random/uuid)
    RUN_ID=${NF_RUN_ID:-$JOB}
    [[ $RUN_ID =~ $UUID ]] || RUN_ID=${NF_RUN_ID:-$TOKEN}
    [[ $RUN_ID =~ $UUID ]] || fail 'NF_RUN_ID is no UUID'
    RUN_NAME=${NF_RUN:-head-${RUN_ID%%-*}}
    RUN_DIR=${NF_RUNDIR:-$NF_WORKDIR/${JOB:-$PLACE}}
    WORK=${NF_WORK:-$NF_WORKDIR/$PLACE}
    LOGS=$NF_LOGSDIR${NF_RUN:+/$NF_RUN}
}

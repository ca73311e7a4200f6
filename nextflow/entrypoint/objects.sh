# shellcheck shell=bash
# Objects in S3, by the AWS CLI; and what time it is there.
# shellcheck disable=SC2034  # read by the other parts

# choose_limit: seconds that a call may take. The AWS CLI alone needs many of them to start where a machine is very busy;
# on the way out, and where nobody but the lock's age tells that a head lives, there is less time.
choose_limit() {
    if [[ -n ${STOP_BY:-} || -z ${JOB:-} ]]; then printf 25; else printf 60; fi
}

# call ARGUMENT …: the AWS CLI, within the limit. Its complaint stays beside $SCRATCH.
call() {
    (start_call "$@")
}

# start_call ARGUMENT …: the same in the place of the shell that it is called in, so that a signal to it ends it.
start_call() {
    exec timeout --kill-after=5 "$(choose_limit)" aws --cli-connect-timeout 10 --cli-read-timeout 20 "$@" 2>"$SCRATCH.said"
}

# read_code: AWS's code in the last complaint, or the whole of it.
read_code() {
    local said
    said=$(<"$SCRATCH.said")
    if [[ $said =~ "An error occurred ("([^\)]+)")" ]]; then
        printf '%s' "${BASH_REMATCH[1]}"
    else
        printf '%s' "${said:-no answer within $(choose_limit) s}"
    fi
}

# split_address ADDRESS: into BUCKET and KEY.
split_address() {
    local rest=${1#s3://}
    BUCKET=${rest%%/*} KEY=${rest#"$BUCKET"}
    KEY=${KEY#/}
}

# check_storage: a cache in a bucket that is missing, or not to be written, is lost without an error of Nextflow's. The
# run's own folder is checked by its lock.
check_storage() {
    local address seen
    split_address "$RUN_DIR"
    seen=" $BUCKET "
    for address in "$LOGS" "$WORK"; do
        split_address "$address/clock"
        [[ $seen == *" $BUCKET "* ]] || call s3api put-object --bucket "$BUCKET" --key "$KEY" >/dev/null ||
            refuse_storage "$address"
        seen+="$BUCKET "
    done
}

# refuse_storage ADDRESS: where the last call could not write there.
refuse_storage() {
    local code
    split_address "$1"
    code=$(read_said)
    case $code in
        *NoSuchBucket*) fail "the bucket $BUCKET does not exist" "$1 lies in it: look at NF_WORKDIR, NF_LOGSDIR, NF_RUNDIR." ;;
        *AccessDenied*) fail "this job may not write to $1" "$code" 'Its role needs s3:PutObject there.' ;;
        *) fail "$1 cannot be written" "$code" ;;
    esac
}

read_said() {
    tr '\n' ' ' <"$SCRATCH.said"
}

# read_s3_time: now, in seconds, by S3's own clock: an object is written, and S3 says when.
read_s3_time() {
    local when
    split_address "$RUN_DIR/clock"
    call s3api put-object --bucket "$BUCKET" --key "$KEY" >/dev/null || return
    when=$(call s3api head-object --bucket "$BUCKET" --key "$KEY" --query LastModified --output text) || return
    date -u -d "$when" +%s
}

# shellcheck shell=bash
# Who holds a run's lock, and whether that head still lives.
# shellcheck disable=SC2034  # read by the other parts

# judge_holder: into VERDICT: free, stale, young (its head is gone, but it is too young to be taken), live.
# A lock is stale when S3 wrote it some minutes ago by S3's own clock, and its head's job is over or gone.
judge_holder() {
    local holder now age
    VERDICT=live HOLDER='' WAIT=0
    [[ $(read_field state) != free ]] || {
        VERDICT=free
        return
    }
    holder=$(read_field job)
    HOLDER=${holder:+job $holder, attempt $(read_field attempt)}
    HOLDER=${HOLDER:-a head outside AWS Batch, on $(read_field host)}
    is_over "$holder" || return
    now=$(read_s3_time) || {
        STATUS="S3 does not tell its time: $(read_code)"
        return
    }
    age=$((now - LOCK_TIME))
    if ((age >= NF_LOCK_STALE)); then
        VERDICT=stale
    elif [[ -n $holder ]]; then
        VERDICT=young WAIT=$((NF_LOCK_STALE - age))
    else
        STATUS="its lock was renewed $age s ago; it is stale after $NF_LOCK_STALE s"
    fi
}

# is_over JOB: whether the job that a lock names has ended, or is known no more. Into STATUS what is known of it.
is_over() {
    STATUS='not in AWS Batch'
    [[ -n $1 ]] || return 0
    if [[ $1 == "$JOB" ]]; then
        STATUS='a former attempt of this job'
        return 0
    fi
    if ! STATUS=$(call batch describe-jobs --jobs "$1" --query 'jobs[0].status' --output text); then
        STATUS="AWS Batch does not tell its state: $(read_code)"
        return 1
    fi
    [[ $STATUS == SUCCEEDED || $STATUS == FAILED || $STATUS == None ]]
}

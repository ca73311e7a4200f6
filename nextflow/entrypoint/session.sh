# shellcheck shell=bash
# The session and its cache, so that a run is resumed after any end, kill -9 included.
#
# cloudcache: Nextflow writes an entry to S3 as each task completes. sync, as in 2019: its local cache, .nextflow, is
# fetched before and kept after a run; what a killed head had done is lost.
# shellcheck disable=SC2034  # read by the other parts

# A head that no run was registered for goes on with the session of its own former attempt.
follow_former() {
    [[ -z ${NF_RUN:-} ]] || return 0
    RUN_ID=$(read_field session)
    WORK=$(read_field work)
    say "resuming session $RUN_ID in $WORK"
}

restore_session() {
    stop_if_asked
    [[ $NF_CACHE == sync ]] || return 0
    KEPT=$NF_LOGSDIR/.nextflow
    [[ -z ${NF_RUN:-} ]] || KEPT=$RUN_DIR/dot-nextflow
    attend aws s3 sync --only-show-errors "$KEPT" .nextflow 2>"$SCRATCH.said" || fail "the session cache cannot be read" "$KEPT: $(read_said)"
}

keep_session() {
    [[ $NF_CACHE == sync && -d .nextflow ]] || return 0
    timeout --kill-after=5 40 aws s3 sync --only-show-errors .nextflow "$KEPT" 2>"$SCRATCH.said" ||
        warn "the session cache was not kept: $(read_said)"
}

# make_command: COMMAND is what Nextflow is started with; the person's arguments stand last, as they came.
make_command() {
    COMMAND=(run "$SCRIPT")
    ! has_option -bg || fail 'a head runs in the foreground' 'Leave -bg out.'
    if [[ $NF_CACHE == sync ]]; then
        add_local_session
    else
        add_cloud_session
    fi
    has_option -w -work-dir || COMMAND+=(-w "$WORK")
    [[ -z $CONFIG ]] || COMMAND+=(-c "$CONFIG")
    [[ -z $PARAMS ]] || COMMAND+=(-params-file "$PARAMS")
    has_option -with-trace || COMMAND+=(-with-trace "$PWD/trace.txt")
    has_option -with-report || COMMAND+=(-with-report "$PWD/report.html")
    COMMAND+=(${ARGUMENTS[@]+"${ARGUMENTS[@]}"})
}

# With the history ignored, a session is what -resume says, new or not; and a name must be given.
add_cloud_session() {
    export NXF_CLOUDCACHE_PATH=${NXF_CLOUDCACHE_PATH:-$RUN_DIR/cache} NXF_IGNORE_RESUME_HISTORY=true
    has_option -name || COMMAND+=(-name "$RUN_NAME")
    if ! has_option -resume; then
        COMMAND+=(-resume "$RUN_ID")
    elif [[ ! $(read_option -resume) =~ $UUID ]]; then
        fail '-resume must name a session here' 'Its cache lies in S3, without a history of runs.' \
            'Leave it out: a run of a name is resumed by itself. Or choose the cache of 2019: NF_CACHE=sync.'
    fi
}

add_local_session() {
    export NXF_UUID=$RUN_ID
    if ! has_option -resume && grep -qs "$RUN_ID" .nextflow/history; then
        COMMAND+=(-resume "$RUN_ID")
    fi
}

# has_option NAME …: whether the person's arguments have one of them.
has_option() {
    local argument name
    for argument in ${ARGUMENTS[@]+"${ARGUMENTS[@]}"}; do
        for name in "$@"; do
            [[ $argument != "$name" && $argument != "$name="* ]] || return 0
        done
    done
    return 1
}

# read_option NAME …: its value; nothing where there is none.
read_option() {
    local i name
    for ((i = 0; i < ${#ARGUMENTS[@]}; i++)); do
        for name in "$@"; do
            case ${ARGUMENTS[i]} in
                "$name") printf '%s' "${ARGUMENTS[i + 1]:-}" && return ;;
                "$name="*) printf '%s' "${ARGUMENTS[i]#*=}" && return ;;
            esac
        done
    done
}

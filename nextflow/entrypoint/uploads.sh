# shellcheck shell=bash
# Log, trace and report, kept in S3 under the job's id and attempt; log and trace while Nextflow runs.
# shellcheck disable=SC2034  # read by the other parts

UPLOADER='' UPLOAD=''

start_uploading() {
    keep_uploading &
    UPLOADER=$!
}

# An upload that is on its way ends with it: it would write over the last one.
keep_uploading() {
    trap '[[ -z $UPLOAD ]] || kill "$UPLOAD" 2>/dev/null; exit' TERM
    SCRATCH=$STATE/uploader
    while pause "$NF_UPLOAD_EVERY"; do
        upload_grown .nextflow.log trace.txt
    done
}

# upload_grown FILE …: those that have grown since the last time, by one call: the AWS CLI is slow to start.
upload_grown() {
    local file folder=$SCRATCH.copies
    rm -rf -- "$folder" && mkdir -- "$folder" || return
    for file in "$@"; do
        [[ -f $file ]] || continue
        stat -c %s-%Y "$file" >"$STATE/seen.$file"
        cmp -s -- "$STATE/seen.$file" "$STATE/kept.$file" || cp -- "$file" "$folder/$(name_kept "$file")"
    done
    [[ -n $(ls -A -- "$folder") ]] || return 0
    start_call s3 cp --recursive --only-show-errors "$folder" "$LOGS" &
    UPLOAD=$!
    if ! wait "$UPLOAD"; then
        warn "what Nextflow writes was not uploaded: $(read_said)"
        return 0
    fi
    for file in "$@"; do
        [[ ! -f $STATE/seen.$file ]] || mv -- "$STATE/seen.$file" "$STATE/kept.$file"
    done
}

# name_kept FILE: its name in S3.
name_kept() {
    local dotted=${PLACE//\//.}
    case $1 in
        .*) printf '%s.%s' "$1" "$dotted" ;;
        *) printf '%s.%s.%s' "${1%.*}" "$dotted" "${1##*.}" ;;
    esac
}

stop_uploading() {
    [[ -n $UPLOADER ]] && kill "$UPLOADER" 2>/dev/null && wait "$UPLOADER"
    UPLOADER=''
}

upload_all() {
    SCRATCH=$STATE/last
    upload_grown .nextflow.log trace.txt report.html
    keep_session
}

# shellcheck shell=bash
# Log, trace and report, kept in S3 under the job's id and attempt; log and trace while Nextflow runs.
# shellcheck disable=SC2034  # read by the other parts

UPLOADER=''

start_uploading() {
    keep_uploading &
    UPLOADER=$!
}

keep_uploading() {
    SCRATCH=$STATE/uploader
    while pause "$NF_UPLOAD_EVERY"; do
        upload_file .nextflow.log .nextflow.log
        upload_file trace.txt trace .txt
    done
}

# upload_file FILE NAME [ENDING]: where it has grown since the last time.
upload_file() {
    local copy=$STATE/copy.$2
    [[ -f $1 ]] || return 0
    [[ ! -f $copy.kept || $(stat -c %s-%Y "$1") != "$(<"$copy.kept")" ]] || return 0
    stat -c %s-%Y "$1" >"$copy.now"
    cp -- "$1" "$copy"
    if call s3 cp --only-show-errors "$copy" "$LOGS/$2.${PLACE//\//.}${3:-}"; then
        mv -- "$copy.now" "$copy.kept"
    else
        warn "$2 was not uploaded: $(read_said)"
    fi
}

upload_all() {
    [[ -z $UPLOADER ]] || kill "$UPLOADER" 2>/dev/null
    SCRATCH=$STATE/last
    upload_file .nextflow.log .nextflow.log
    upload_file trace.txt trace .txt
    upload_file report.html report .html
    keep_session
}

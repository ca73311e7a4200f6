#!/bin/sh
# Stand-in for the Miniforge installer, made by Kiln's sandbox: a self-contained Python with awscli and boto3.
set -eu
prefix=$HOME/miniforge3 batch='' force=''
while getopts bfup:sh option; do
    case $option in
        b) batch=1 ;;
        f | u) force=1 ;;
        p) prefix=$OPTARG ;;
        s) ;;
        *) echo "usage: $0 -b [-f] [-p PREFIX] (a stand-in for the Miniforge installer)" >&2; exit 2 ;;
    esac
done
[ -n "$batch" ] || { echo "ERROR: this stand-in for the Miniforge installer knows batch mode (-b) only" >&2; exit 1; }
case $prefix in
    /*) ;;
    *) prefix=$PWD/$prefix ;;
esac
if [ -e "$prefix" ] && [ -z "$force" ]; then
    echo "ERROR: File or directory already exists: '$prefix'" >&2
    echo "If you want to update an existing installation, use the -u option." >&2
    exit 1
fi
echo "PREFIX=$prefix"
echo "Unpacking payload (a stand-in for Miniforge, not Miniforge) ..."
mkdir -p "$prefix"
tail -n +@FIRST_LINE@ "$0" | zstd -dc | tar -xf - -C "$prefix"
for script in "$prefix"/bin/aws "$prefix"/bin/conda; do
    sed -i "1s|.*|#!$prefix/bin/python|" "$script"
done
echo "installation finished."
exit 0

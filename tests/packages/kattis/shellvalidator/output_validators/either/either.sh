#!/bin/sh
# input answer feedback/
read -r word || exit 43
case "$word" in yes | no) exit 42 ;; esac
echo "neither yes nor no" > "$3/judgemessage.txt"
exit 43

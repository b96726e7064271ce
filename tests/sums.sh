# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# What is added up by scripts that run others, each of which sources this. The last
# line of such a run is "N passed, N failed", with ", N skipped" where that is not 0.
passed=0
failed=0
skipped=0

# take_sums LOG: adds those of its last line. None is a failure, and status 1.
take_sums() {
    sums=$(sed -n '$s/^\([0-9]*\) passed, \([0-9]*\) failed\(, \([0-9]*\) skipped\)\{0,1\}$/\1 \2 \4/p' "$1")
    # shellcheck disable=SC2086 # two or three numbers
    set -- ${sums:-0 1}
    passed=$((passed + $1))
    failed=$((failed + $2))
    skipped=$((skipped + ${3:-0}))
    [ "$sums" ]
}

# print_sums: that line; status 1 where a test failed.
print_sums() {
    summary="$passed passed, $failed failed"
    [ "$skipped" -eq 0 ] || summary="$summary, $skipped skipped"
    echo "$summary"
    [ "$failed" -eq 0 ]
}

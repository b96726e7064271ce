#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Installs what is missing, builds with warnings as errors and runs tests:
#
#     sh tests/run.sh             the unit, module, tool and lint suites (gcc)
#     sh tests/run.sh clients     standard programs on the embedded card; the demo
#     sh tests/run.sh clients-all the same, and large ones: LibreOffice, PDFBox, sshd, OpenVPN...
#     sh tests/run.sh browsers    Firefox and Chromium; wants root. browsers-core: some of it
#     sh tests/run.sh daemon      a real pcscd of the tests' own; wants root
#     sh tests/run.sh sanitize    unit, module and tool under ASan and UBSan (clang)
#     sh tests/run.sh threads     what has threads under ThreadSanitizer (clang)
#     sh tests/run.sh valgrind    one log-in and signature under valgrind
#     sh tests/run.sh sweep       every fault of the card, with three cards
#     sh tests/run.sh replant     known mistakes put back, each to be noticed
#     sh tests/run.sh coverage    the code that decides over signatures
#     sh tests/run.sh scale       as many revocation lists as there may be
#     sh tests/run.sh nightly     all of these, and threads at length
#     sh tests/run.sh trees       in trees of other releases and architectures
#     sh tests/run.sh packages    makes the packages, installs and removes them
#     sh tests/run.sh cross           unit, module and tool, built for $JPKI_CROSS
#     sh tests/run.sh cross-clients   standard programs of that architecture
#
# Both cross parts are for trees, which have what they need. JPKI_BUILD_DIR names the
# build directory (default: build-test), CC the compiler of all but sanitize and
# threads; with JPKI_PATIENCE=3 each test has three times its time, on a busy machine.
# The last line is "N passed, N failed", with ", N skipped" where a test wanted a tool
# that is not there.
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
build=${JPKI_BUILD_DIR:-$top/build-test}
. "$top/tests/sums.sh"
usual_patience=${JPKI_PATIENCE:-1} # how many times its time a test may take
patience=$usual_patience

need() {
    sh "$top/packaging/install-deps.sh" "$@"
}

# make_build DIRECTORY CC OPTION...: configures where that was not done, builds.
make_build() {
    directory=$1
    compiler=$2
    shift 2
    [ -f "$directory/build.ninja" ] ||
        CC=$compiler meson setup -Dwerror=true -Dtests=enabled "$@" "$directory" "$top"
    ninja -C "$directory"
}

count() {
    grep -c "\"result\": \"$1\"" "$2" || true
}

# run_suites DIRECTORY SUITE...: runs them, adds to the sums. A run of nothing
# is a failure: it would say that all is well.
run_suites() {
    directory=$1
    shift
    names=$*
    for suite in "$@"; do
        shift
        set -- "$@" --suite "$suite"
    done
    results=$directory/meson-logs/testlog.json
    rm -f "$results"
    status=0
    meson test -C "$directory" --no-rebuild --print-errorlogs -t "$patience" \
        "$@" || status=$?
    [ -f "$results" ] || : >"$results"

    ran=$(grep -c '"result":' "$results" || true)
    ok=$(($(count OK "$results") + $(count EXPECTEDFAIL "$results")))
    skip=$(count SKIP "$results")
    bad=$((ran - ok - skip))
    if [ "$bad" -eq 0 ] && { [ "$status" -ne 0 ] || [ "$ok" -eq 0 ]; }; then
        echo "run.sh: no test ran in: $names" >&2
        bad=1
    fi
    passed=$((passed + ok))
    failed=$((failed + bad))
    skipped=$((skipped + skip))
}

plain_build() {
    make_build "$build" "${CC:-gcc}"
}

run_default() {
    need build test
    plain_build
    run_suites "$build" unit module tool lint
}

# Its result is a line of its own, for those that read the log of a run.
run_demo() {
    before=$failed
    count_run env "JPKI_BUILD_DIR=$build" sh "$top/packaging/demo.sh"
    if [ "$failed" -eq "$before" ]; then
        echo 'demo: OK'
    else
        echo 'demo: FAIL'
    fi
}

run_clients() {
    need build clients
    plain_build
    run_suites "$build" client
    run_demo
}

run_clients_all() {
    need build clients clients-all
    plain_build
    run_suites "$build" client client-all
    run_demo
}

# run_browsers SUITE: without the packages it skips, and says so; where
# $JPKI_BROWSERS is "required" that is a failure, and so is each test that skips.
run_browsers() {
    if need build browsers; then
        plain_build
        before=$skipped
        run_suites "$build" "$1"
        [ "${JPKI_BROWSERS:-}" != required ] || failed=$((failed + skipped - before))
    elif [ "${JPKI_BROWSERS:-}" = required ]; then
        echo 'run.sh: no packages for the browsers' >&2
        failed=$((failed + 1))
    else
        echo 'skipped: no packages for the browsers'
        skipped=$((skipped + 1))
    fi
}

run_daemon() {
    need build daemon
    plain_build
    run_suites "$build" daemon
}

run_sanitize() {
    need build sanitize
    make_build "$build-sanitize" clang \
        -Db_sanitize=address,undefined -Db_lundef=false
    # LeakSanitizer follows thread-local memory of libraries that were unloaded.
    ASAN_OPTIONS=intercept_tls_get_addr=0 run_suites "$build-sanitize" unit module tool
}

run_threads() {
    need build sanitize
    make_build "$build-threads" clang -Db_sanitize=thread -Db_lundef=false
    run_suites "$build-threads" threads
}

# In the numbers that the project promises, plain and under both sanitizers.
run_threads_at_length() {
    need build sanitize
    patience=$((usual_patience * 30))
    JPKI_THREADS_SIGNATURES=1000
    JPKI_UNLOAD_ROUNDS=10000
    export JPKI_THREADS_SIGNATURES JPKI_UNLOAD_ROUNDS
    run_threads
    run_suites "$build" threads
    run_suites "$build-sanitize" threads
    unset JPKI_THREADS_SIGNATURES JPKI_UNLOAD_ROUNDS
    patience=$usual_patience
}

# count_run COMMAND...: one test more, by its exit status.
count_run() {
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
    fi
}

# All cases, with the three ways in which a reset or a SELECT may end a log-in.
run_sweep() {
    need build test
    plain_build
    for persona in adult quirk-reset-drops quirk-select-keeps; do
        count_run env "JPKI_SWEEP_PERSONA=$persona" JPKI_SWEEP_STRIDE=1 \
            JPKI_SWEEP_PAIRS=20000 meson test -C "$build" --no-rebuild \
            --timeout-multiplier 10 --verbose 'module sweep'
    done
}

run_valgrind() {
    need build valgrind
    plain_build
    count_run sh "$top/tests/valgrind.sh" "$build"
}

run_coverage() {
    need build
    count_run sh "$top/tests/coverage.sh" "$top" "$build-coverage"
}

run_scale() {
    need build
    plain_build
    count_run env JPKI_CRL_FILES=1900 JPKI_CRL_LONG=100000 \
        "$build/tests/unit/crypto/test-crypto-crl-scale"
}

# For the architecture $JPKI_CROSS, in a tree where its programs run.
cross_build() {
    # QEMU takes its time: trees/enter.sh told the kernel of it where it is wanted.
    if [ -e "/proc/sys/fs/binfmt_misc/jpki-${JPKI_CROSS:?is not set}" ]; then
        patience=$((usual_patience * 40))
        export JPKI_EMULATED=1 JPKI_SWEEP_STRIDE=197 JPKI_SWEEP_PAIRS=300 \
            JPKI_LOAD_ROUNDS=60 JPKI_EXIT_ROUNDS=5 JPKI_WALK_STEPS=20000 \
            JPKI_THREADS_SIGNATURES=20 JPKI_UNLOAD_ROUNDS=100
    fi
    sh "$top/tests/trees/cross-file.sh" "$JPKI_CROSS" >"$build.ini"
    make_build "$build" "" --cross-file "$build.ini"
}

run_cross() {
    need cross
    cross_build
    # The tool suite starts other programs of the machine, which are not emulated.
    if [ "${JPKI_EMULATED:-}" ]; then
        run_suites "$build" unit module
    else
        run_suites "$build" unit module tool
    fi
}

run_cross_clients() {
    need cross cross-clients
    cross_build
    run_suites "$build" client
}

# run_trees [TREE[:PART,PART...]]...: without its tools it skips, and says why.
run_trees() {
    need trees || true
    exec sh "$top/tests/trees/trees.sh" "$@"
}

# run_packages [TEST...]
run_packages() {
    need trees || true
    exec sh "$top/tests/packages/packages.sh" "$@"
}

# count_apart PART: a part of this script that counts for itself, by its sums.
count_apart() {
    said=$(mktemp)
    sh "$top/tests/run.sh" "$1" 2>&1 | tee "$said"
    take_sums "$said" || echo "run.sh: $1 ended without sums" >&2
    rm "$said"
}

# Each mistake that was noticed counts as a test passed.
run_replant() {
    need build replant
    said=$(mktemp)
    CC=${CC:-gcc} sh "$top/tests/replant/run.sh" "$top" 2>&1 | tee "$said"
    caught=$(sed -n '$s/^\([0-9]*\) of [0-9]* mistakes caught$/\1/p' "$said")
    all=$(sed -n '$s/^[0-9]* of \([0-9]*\) mistakes caught$/\1/p' "$said")
    passed=$((passed + ${caught:-0}))
    failed=$((failed + ${all:-1} - ${caught:-0}))
    rm "$said"
}

case ${1:-default} in
default | clients | daemon | sanitize | threads | valgrind | sweep | \
    replant | coverage | scale | cross)
    "run_${1:-default}"
    ;;
browsers | browsers-core)
    run_browsers "$1"
    ;;
clients-all)
    run_clients_all
    ;;
cross-clients)
    run_cross_clients
    ;;
trees | packages)
    part=$1
    shift
    "run_$part" "$@"
    ;;
nightly)
    JPKI_RESOURCES=all
    export JPKI_RESOURCES
    # The long forms of the daemon tests.
    export JPKI_SHARED_SIGNATURES=1000 JPKI_ROUNDS=100 \
        JPKI_ROUNDS_KILL_EVERY=10 JPKI_SERVICE_KILLS=50 JPKI_KILLS=100
    run_default
    run_clients_all
    run_browsers browsers
    run_daemon
    run_sanitize
    run_threads_at_length
    run_valgrind
    run_sweep
    run_coverage
    run_scale
    run_replant
    for part in trees packages; do
        count_apart "$part"
    done
    ;;
*)
    echo 'usage: run.sh' \
        '[clients|clients-all|browsers|browsers-core|daemon|sanitize|threads|valgrind|sweep|coverage|scale|replant|nightly|trees|packages|cross|cross-clients]' >&2
    exit 2
    ;;
esac

print_sums

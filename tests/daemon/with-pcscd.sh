#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# with-pcscd.sh FOLDER [FOLDER] -- COMMAND ARGS...
#
# Runs a command beside a pcscd of its own, in namespaces of its own, with two
# readers of vpcd; a FOLDER is the persona in the first and the second, an
# empty one leaves the reader empty. All of it ends with the command. Exit 77,
# with the reason, where that is not possible.
#
# For the command: $JPKI_READER0 and 1 are the readers' names,
# $JPKI_VCARD_CTL0 and 1 take the lines of jpki-vcard's control pipe,
# $JPKI_VCARD_LOG0 and 1 have its answers, $JPKI_PCSCD_START starts pcscd again
# and $JPKI_PCSCD_PIDFILE holds its process id.
set -eu

skip() {
  echo "skipped: $*"
  exit 77
}

# Meson points at the stand-in for libpcsclite; nobody here may use it.
unset LD_LIBRARY_PATH

driver=/usr/lib/pcsc/drivers/serial/libifdvpcd.so
pcscd=${PCSCD:-/usr/sbin/pcscd}
: "${JPKI_VCARD_PROGRAM:?is not set}"

check() {
  [ "$(id -u)" = 0 ] || skip "needs root for namespaces"
  [ -x "$pcscd" ] || skip "no pcscd"
  [ -e "$driver" ] || skip "no vpcd reader driver"
  command -v unshare >/dev/null || skip "no unshare"
  command -v ip >/dev/null || skip "no ip"
  unshare -m -n -p --fork --mount-proc true 2>/dev/null ||
    skip "no namespaces here"
}

# What a pcscd with polkit has to be told: it would ask a system bus that is not
# there, and refuse everybody. $JPKI_PCSCD_ASKS_POLKIT lets it.
polkit_option() {
  if [ -z "${JPKI_PCSCD_ASKS_POLKIT:-}" ] && "$pcscd" --help 2>&1 | grep -q -e --disable-polkit; then
    echo --disable-polkit
  fi
}

# In the namespaces: a private /run, loopback, a reader.conf.
prepare() {
  mount -t tmpfs tmpfs /run
  mkdir /run/pcscd
  ip link set lo up
  mkdir "$work/readers"
  cat >"$work/readers/vpcd" <<END
FRIENDLYNAME "Virtual PCD"
DEVICENAME /dev/null:0x8C7B
LIBPATH $driver
CHANNELID 0x8C7B
END
  cat >"$work/start" <<END
#!/bin/sh
rm -f /run/pcscd/*
"$pcscd" --foreground $(polkit_option) --config "$work/readers" \
  >>"$work/pcscd.log" 2>&1 </dev/null &
echo \$! >"$work/pcscd.pid"
END
  chmod +x "$work/start"
  JPKI_PCSCD_START=$work/start
  JPKI_PCSCD_PIDFILE=$work/pcscd.pid
  JPKI_READER0="Virtual PCD 00 00"
  JPKI_READER1="Virtual PCD 00 01"
  export JPKI_PCSCD_START JPKI_PCSCD_PIDFILE JPKI_READER0 JPKI_READER1
}

# wait_for COMMAND...: until it is true, a minute at most.
wait_for() {
  tries=1200
  until "$@"; do
    tries=$((tries - 1))
    if [ "$tries" = 0 ]; then
      echo "timeout: $*"
      cat "$work"/*.log
      exit 1
    fi
    sleep 0.05
  done
}

# start_card NUMBER FOLDER
start_card() {
  mkfifo "$work/ctl$1"
  : >"$work/card$1.log"
  # Opened for both so that the pipe never ends.
  "$JPKI_VCARD_PROGRAM" -p $((35963 + $1)) ${2:+"$2"} \
    <>"$work/ctl$1" >>"$work/card$1.log" 2>&1 &
  [ -z "$2" ] || wait_for grep -q ready "$work/card$1.log"
}

inside() {
  prepare
  "$JPKI_PCSCD_START"
  wait_for grep -q ' 00010000 .* /run/pcscd/pcscd.comm$' /proc/net/unix # it listens
  start_card 0 "$1"
  shift
  if [ "$1" = -- ]; then
    start_card 1 ""
  else
    start_card 1 "$1"
    shift
  fi
  shift
  JPKI_VCARD_CTL0=$work/ctl0
  JPKI_VCARD_CTL1=$work/ctl1
  JPKI_VCARD_LOG0=$work/card0.log
  JPKI_VCARD_LOG1=$work/card1.log
  export JPKI_VCARD_CTL0 JPKI_VCARD_CTL1 JPKI_VCARD_LOG0 JPKI_VCARD_LOG1
  "$@"
}

if [ "${JPKI_INSIDE_PCSCD:-}" ]; then
  work=$JPKI_INSIDE_PCSCD
  unset JPKI_INSIDE_PCSCD
  inside "$@"
  exit
fi

check
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
JPKI_INSIDE_PCSCD=$work unshare -m -n -p --fork --mount-proc --kill-child \
  "$0" "$@"

#!/bin/sh
# Stands for systemctl in a private root: knows one unit, and really starts and stops the sshd of this root.
# Knows nothing about who calls it. Sessions are left alone by a restart, as by the units' KillMode=process.

root=$(cd "$(dirname "$0")/../.." && pwd) || exit 1
known=$(cat "$root/unit")
pid_file=$root/run/sshd.pid
failed=$root/run/sshd.failed

echo "$*" >>"$root/systemctl.log"

quiet='' property='' value='' verb='' unit=''
while [ $# -gt 0 ]; do
  case $1 in
    -q | --quiet) quiet=yes ;;
    -p) shift && property=${1-} ;;
    --property=*) property=${1#*=} ;;
    --value) value=yes ;;
    -*) echo "This stub of systemctl does not know $1" >&2 && exit 1 ;;
    *) if [ -z "$verb" ]; then verb=$1; else unit=${1%.service}; fi ;;
  esac
  shift
done

say() { [ -n "$quiet" ] || echo "$1"; }

is_running() { [ -s "$pid_file" ] && kill -0 "$(cat "$pid_file")" 2>/dev/null; }

# Up to 5 s. The file tells more than the process: sshd writes it once it listens and removes it once it does not, and
# a process that has ended can stay visible in a container whose first process does not wait for it.
wait_until() {
  tries=100
  until "$@"; do
    tries=$((tries - 1))
    [ $tries -gt 0 ] || return 1
    sleep 0.05
  done
}

listens() { [ -s "$pid_file" ]; }
is_gone() { [ ! -e "$pid_file" ]; }

stop() {
  if is_running; then
    kill "$(cat "$pid_file")" && wait_until is_gone
  else
    rm -f "$pid_file"
  fi
}

start() {
  is_running && return
  rm -f "$failed"
  "$root/listen" && wait_until listens && return
  : >"$failed"
  echo "Job for $known.service failed. See $root/sshd.log." >&2
  return 1
}

if [ "$unit" != "$known" ]; then
  case $verb in
    is-active) say inactive && exit 3 ;;
    show) echo "MainPID=0" && exit 0 ;;
    reset-failed) echo "Failed to reset failed state of unit $unit.service: Unit $unit.service not loaded." >&2 && exit 1 ;;
    *) echo "Failed to $verb $unit.service: Unit $unit.service not found." >&2 && exit 5 ;;
  esac
fi

case $verb in
  is-active)
    is_running && say active && exit 0
    if [ -e "$failed" ]; then say failed; else say inactive; fi
    exit 3
    ;;
  start) start ;;
  stop) stop ;;
  restart) stop && start ;;
  try-restart) if is_running; then stop && start; fi ;;
  reset-failed) rm -f "$failed" ;;
  show)
    [ "$property" = MainPID ] || { echo "This stub of systemctl shows MainPID only, not $property" >&2 && exit 1; }
    pid=0
    is_running && pid=$(cat "$pid_file")
    if [ -n "$value" ]; then echo "$pid"; else echo "MainPID=$pid"; fi
    ;;
  *) echo "This stub of systemctl cannot $verb" >&2 && exit 1 ;;
esac

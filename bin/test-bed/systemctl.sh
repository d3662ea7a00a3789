#!/bin/sh
# Stands for systemctl in a private root: knows one unit, and really starts and stops the sshd of this root.
# Knows nothing about who calls it. Sessions are left alone by a restart, as by the units' KillMode=process.

root=$(cd "$(dirname "$0")/../.." && pwd) || exit 1
known=$(cat "$root/unit")
pid_file=$root/run/sshd.pid
failed=$root/run/sshd.failed

echo "$*" >>"$root/systemctl.log"

quiet='' value='' verb='' unit='' units=''
while [ $# -gt 0 ]; do
  case $1 in
    -q | --quiet) quiet=yes ;;
    -p) shift ;;
    --property=*) ;;
    --value) value=yes ;;
    -*) echo "This stub of systemctl does not know $1" >&2 && exit 1 ;;
    *) if [ -z "$verb" ]; then verb=$1; else unit=${1%.service} units="$units $1"; fi ;;
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

# What `systemctl show` prints of the properties that somebody can ask for here, as systemd 219 to 257 do: a block a unit,
# whatever the order of the -p, and arguments joined with blanks. See systemctl(1) and org.freedesktop.systemd1(5).
show() {
  separator=''
  for name in $units; do
    printf '%s' "$separator"
    separator='
'
    if [ "$name" != "$known.service" ]; then
      printf 'MainPID=0\nId=%s\nLoadState=not-found\nActiveState=inactive\n' "$name"
      continue
    fi
    state=inactive pid=0
    if is_running; then state=active pid=$(cat "$pid_file"); elif [ -e "$failed" ]; then state=failed; fi
    command=$(sed -n 's/^exec //p' "$root/listen")
    printf 'MainPID=%s\n' "$pid"
    printf 'ExecStart={ path=%s ; argv[]=%s ; ignore_errors=no ; start_time=[n/a] ; stop_time=[n/a] ; pid=0 ; code=(null) ; status=0/0 }\n' \
      "${command%% *}" "$command"
    printf 'Id=%s\nLoadState=loaded\nActiveState=%s\n' "$name" "$state"
  done
}

if [ -n "$value" ] && [ "$verb" = show ] && [ "$unit" = "$known" ]; then
  # systemd 230 and later: the value of MainPID alone.
  if is_running; then cat "$pid_file"; else echo 0; fi
  exit 0
fi

if [ "$verb" = show ]; then
  show
  exit 0
fi

if [ "$unit" != "$known" ]; then
  case $verb in
    is-active) say inactive && exit 3 ;;
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
  *) echo "This stub of systemctl cannot $verb" >&2 && exit 1 ;;
esac

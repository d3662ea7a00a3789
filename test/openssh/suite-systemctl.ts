// What stands for systemctl in a machine of a suite, where no systemd runs. Knows no sshd_config.
import type { SuiteMachine } from './suite-machine';

/** Knows no running service: for thousands of runs that are about files. */
const IDLE = `#!/bin/sh
case $1 in show) ;; *) exit 3 ;; esac
`;

/**
 * Really starts, restarts and stops the sshd of the machine. As by the unit's KillMode=process, sessions stay.
 *
 * `/run/sshd-options` is its environment file, and `/run/unit` can override what it shows. `/run/after-show` is run once,
 * when `show` has looked and not yet answered: what somebody does while a script asks.
 */
const REAL = `#!/bin/sh
case "$*" in show* | *ssh) ;; *) exit 3 ;; esac
pid_file=/run/sshd.pid
runs() { [ -s "$pid_file" ] && kill -0 "$(cat "$pid_file")" 2>/dev/null; }
wait_until() {
  tries=200
  until "$@"; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || return 1
    sleep 0.05
  done
}
is_gone() { ! runs; }
stop() { if runs; then kill "$(cat "$pid_file")" && wait_until is_gone; fi; }
start() {
  rm -f "$pid_file"
  : >/run/activating
  [ ! -e /run/sshd-options ] || . /run/sshd-options
  eval "/usr/sbin/sshd -E /run/sshd.log $SSHD_OPTS" && wait_until runs
  set -- $?
  rm /run/activating
  return "$1"
}
echo "$*" >>/run/systemctl.log
SSHD_OPTS= LOAD=loaded ACTIVE= SOCKET= RESTART= ARGV='/usr/sbin/sshd -D $SSHD_OPTS'
ENVIRONMENT='EnvironmentFiles=/run/sshd-options (ignore_errors=yes)'
[ ! -e /run/unit ] || . /run/unit
case $1 in
  # As systemd 219 to 257 print it: a block a unit, in an order of their own, arguments joined with blanks. See systemctl(1)
  # and org.freedesktop.systemd1(5).
  show)
    pid=0
    if runs; then pid=$(cat "$pid_file") ACTIVE=\${ACTIVE:-active}; fi
    if [ -e /run/activating ]; then ACTIVE=activating; fi
    if mv /run/after-show /run/after-show.once 2>/dev/null; then sh /run/after-show.once >/dev/null 2>&1; fi
    printf 'MainPID=0\\nId=sshd.service\\nLoadState=not-found\\nActiveState=inactive\\n\\n'
    printf 'MainPID=%s\\nExecStart={ path=/usr/sbin/sshd ; argv[]=%s ; ignore_errors=no ; pid=0 }\\n' "$pid" "$ARGV"
    printf '%s\\nId=ssh.service\\nLoadState=%s\\nActiveState=%s\\n\\n' "$ENVIRONMENT" "$LOAD" "\${ACTIVE:-inactive}"
    printf 'Id=sshd.socket\\nLoadState=not-found\\nActiveState=inactive\\n\\n'
    printf 'Id=ssh.socket\\nLoadState=loaded\\nActiveState=%s\\n' "\${SOCKET:-inactive}"
    ;;
  is-active) runs || exit 3 ;;
  start) start ;;
  stop) stop ;;
  reload) kill -HUP "$(cat "$pid_file")" ;;
  restart)
    if [ -n "$RESTART" ]; then $RESTART; exit; fi
    # As the unit's ExecStartPre.
    /usr/sbin/sshd -t || exit 1
    stop
    start
    ;;
  reset-failed) ;;
  *) exit 1 ;;
esac
`;

export function bringSystemctl(machine: SuiteMachine, kind: 'idle' | 'real'): void {
  machine.write('run/bin/systemctl', kind === 'real' ? REAL : IDLE, 0o755);
}

/** The number of calls of `systemctl restart`, those of the test included. */
export function restartsOf(machine: SuiteMachine): number {
  return machine.read('run/systemctl.log').match(/^restart/gm)?.length ?? 0;
}

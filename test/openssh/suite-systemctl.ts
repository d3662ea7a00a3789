// What stands for systemctl in a machine of a suite, where no systemd runs. Knows no sshd_config.
import type { SuiteMachine } from './suite-machine';

const IS_ANOTHER_UNIT = 'case "$*" in *ssh) ;; *) exit 3 ;; esac';

/** Says that ssh.service runs and restarts nothing: for thousands of runs that are about files. */
const ASSENTING = `#!/bin/sh
${IS_ANOTHER_UNIT}
`;

/** Really starts, restarts and stops the sshd of the machine. As by the unit's KillMode=process, sessions stay. */
const REAL = `#!/bin/sh
${IS_ANOTHER_UNIT}
pid_file=/run/sshd.pid
runs() { [ -s "$pid_file" ] && kill -0 "$(cat "$pid_file")" 2>/dev/null; }
wait_until() {
  tries=200
  until "$@"; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || exit 1
    sleep 0.05
  done
}
is_gone() { ! runs; }
echo "$*" >>/run/systemctl.log
case $1 in
  is-active) runs || exit 3 ;;
  restart)
    # As the unit's ExecStartPre.
    /usr/sbin/sshd -t || exit 1
    if runs; then kill "$(cat "$pid_file")" && wait_until is_gone; fi
    rm -f "$pid_file"
    /usr/sbin/sshd -E /run/sshd.log && wait_until runs
    ;;
  reset-failed) ;;
  *) exit 1 ;;
esac
`;

export function bringSystemctl(machine: SuiteMachine, kind: 'assenting' | 'real'): void {
  machine.write('run/bin/systemctl', kind === 'real' ? REAL : ASSENTING, 0o755);
}

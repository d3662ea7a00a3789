# cdk-ssh-keepalive: applies, checks or removes ClientAliveInterval and ClientAliveCountMax of the sshd of this machine.
#
# The effective values (sshd -T) decide, and the running sshd must have loaded them. Otherwise the script writes a drop-in of
# its own, or a marked block at the top of sshd_config, and edits no other line. The candidate is validated as a whole,
# flushed and renamed into place; sshd is restarted once and verified. A failure rolls everything back.
#
# The first line of output is the verdict. Exit codes: 0 in force or removed, 1 drifted, 2 failed and nothing is changed,
# 3 failed and not rolled back.
#
# shellcheck disable=SC3012,SC3013,SC3043 # dash, bash and busybox ash have \<, -ef, -nt, -O and local.
# shellcheck disable=SC2086,SC2248 # Lists have one entry a line, or a word; set -f and IFS split them.
# shellcheck disable=SC2015,SC2312 # fail ends the run; what a text is compared with tells a failure, too.

# Systems Manager agents before 3.3.2746.0 substitute values into this text instead of setting variables. They resolve an
# ssm: reference twice and check only the first answer; in a quoted here-document, the second one is data.
[ -n "${SSM_Action+x}" ] || IFS= read -r SSM_Action <<'END_OF_VALUE'
{{Action}}
END_OF_VALUE
[ -n "${SSM_ClientAliveInterval+x}" ] || IFS= read -r SSM_ClientAliveInterval <<'END_OF_VALUE'
{{ClientAliveInterval}}
END_OF_VALUE
[ -n "${SSM_ClientAliveCountMax+x}" ] || IFS= read -r SSM_ClientAliveCountMax <<'END_OF_VALUE'
{{ClientAliveCountMax}}
END_OF_VALUE

PATH=/usr/sbin:/usr/bin:/sbin:/bin
SSHD=/usr/sbin/sshd # or what the unit starts
CONFIG=/etc/ssh/sshd_config
DROPIN=/etc/ssh/sshd_config.d/00-cdk-ssh-keepalive.conf
PRIVSEP=/run/sshd
LOCK=/run/cdk-ssh-keepalive.lock
STATE=/run/cdk-ssh-keepalive.state # what remember() writes
LC_ALL=C
export PATH LC_ALL
set -fu
umask 077
# mawk fails when one of these is closed. What the shell itself prints must not come before the verdict.
exec </dev/null
true 3>&2 || exec 2>/dev/null
true 3>&1 2>/dev/null || exec >/dev/null
exec 3>&2 2>/dev/null

BEGIN='# BEGIN cdk-ssh-keepalive'
END='# END cdk-ssh-keepalive'
NL='
'
# A connection that no Match block is meant for. sshd 7.4 needs user, host and addr; later versions laddr and lport as well.
CONNECTION='user=cdk-ssh-keepalive,host=client.invalid,addr=192.0.2.1,laddr=192.0.2.2,lport=22'

TEXT=''                                # the sentences below the verdict
OUTPUT=''                              # of the last command
DESIRED_INTERVAL=- DESIRED_COUNT_MAX=- # the parameters
INTERVAL=- COUNT_MAX=- WAS=-/-         # the effective values, now and before this run
OTHERS='' BEFORE=''                    # all other effective settings, now and before the change
VERSION=- WHERE=${CONFIG}              # of OpenSSH; the file that sets the interval
FILES='' LISTEN='' PID_FILE=''         # sshd's files, and addresses with ports, one a line
MATCHES=''                             # yes: there are Match blocks
UNIT='' ACTIVE='' LOADED='' SOCKET=''  # the service, its ActiveState and LoadState; the active socket unit
PID='' STARTED='' RUNNING=''           # its process, and the start in clock ticks after boot; both before the change
OPTIONS='' UNIT_OPTIONS=''             # of the running sshd, and of the next one, one a line
RECALLED=''                            # yes: the process is known from the last run, not from systemd
FORCED_AT=0                            # uptime of the last restart that changed no effective value
MAIN=${CONFIG} MAIN_OPTION=-f${CONFIG}  # sshd_config behind its symbolic links; empty where sshd has to find it
MAIN_JOURNAL='' DROPIN_JOURNAL=${DROPIN%/*}/.cdk-ssh-keepalive
BLOCK='' WRITTEN='' FOUND=''           # our lines; sshd_config with them; what of ours it has
EDITED=''                              # a file that was changed after sshd had loaded it
UNFINISHED=''                          # yes: an earlier run was killed
CHANGING='' CHANGED_MAIN='' CHANGED_DROPIN=''
RESTARTED=''                           # the service that this run restarted

say() { # SENTENCE
  TEXT=${TEXT}$1${NL}
}

run() { # COMMAND...: without the lock, which what it starts could keep
  OUTPUT=$("$@" 2>&1 9>&-)
}

finish() { # VERDICT REASON EXIT-CODE: builtins only, because no process may be left to start
  trap - EXIT
  TEXT=" sshd=${VERSION} reason=$2${NL}${TEXT}"
  TEXT="cdk-ssh-keepalive verdict=$1 interval=${DESIRED_INTERVAL} countmax=${DESIRED_COUNT_MAX} was=${WAS} where=${WHERE}${TEXT}"
  printf '%s' "${TEXT}"
  # State Manager shows stderr only.
  if [ "$3" != 0 ]; then printf '%s' "${TEXT}" >&3; fi
  exit "$3"
}

fail() { # REASON SENTENCE: rolls back and ends the run
  local outcome='Nothing was changed.'
  trap '' HUP INT TERM
  trap 'finish failed interrupted 2' EXIT
  if [ -n "${CHANGED_MAIN}${CHANGED_DROPIN}" ]; then
    outcome='Everything was rolled back.'
    trap 'finish failed interrupted 3' EXIT
  fi
  say "$2"
  if roll_back; then
    say "${outcome}"
    if [ -n "${RESTARTED}" ]; then log failed "$1"; fi
    finish failed "$1" 2
  fi
  say "This could not be rolled back: check ${MAIN}, ${DROPIN} and 'systemctl status ${RESTARTED:-sshd}' before you log out."
  log failed "$1"
  finish failed "$1" 3
}

log() { # VERDICT REASON: for an administrator who wants to know who restarted sshd
  command -v logger >/dev/null || return 0
  run timeout 5 logger -t cdk-ssh-keepalive \
    "verdict=$1 interval=${DESIRED_INTERVAL} countmax=${DESIRED_COUNT_MAX} was=${WAS} where=${WHERE} reason=$2"
}

# --- Parameters

refuse_parameter() { # RULE VALUE
  run printf '%.40s' "$2"
  OUTPUT=$(printf '%s' "${OUTPUT}" | tr -c '[:print:]' '?')
  fail parameter "$1, got: '${OUTPUT}'."
}

check_number() { # NAME VALUE MAXIMUM: no sign, no leading zero; sshd 7.4 reads what is no number as 0
  case $2 in
    '' | 0* | *[!0-9]*) ;;
    *) if [ "${#2}" -le "${#3}" ] && [ "$2" -le "$3" ]; then return; fi ;;
  esac
  refuse_parameter "$1 must be a whole number from 1 to $3" "$2"
}

read_parameters() {
  case ${SSM_Action} in
    Apply | Check | Remove) ;;
    *) refuse_parameter 'Action must be Apply, Check or Remove' "${SSM_Action}" ;;
  esac
  check_number ClientAliveInterval "${SSM_ClientAliveInterval}" 86400
  check_number ClientAliveCountMax "${SSM_ClientAliveCountMax}" 10000
  DESIRED_INTERVAL=${SSM_ClientAliveInterval}
  DESIRED_COUNT_MAX=${SSM_ClientAliveCountMax}
  BLOCK="${BEGIN}${NL}ClientAliveInterval ${DESIRED_INTERVAL}${NL}ClientAliveCountMax ${DESIRED_COUNT_MAX}${NL}${END}${NL}"
}

# --- The service

property() { # NAME PROPERTIES
  OUTPUT=${2#*"${NL}$1="}
  if [ "${OUTPUT}" = "$2" ]; then OUTPUT=''; fi
  OUTPUT=${OUTPUT%%"${NL}"*}
}

read_service() { # the unit is sshd on Amazon Linux, RHEL and SUSE, ssh on Debian and Ubuntu
  run timeout 60 systemctl show -p Id -p LoadState -p ActiveState -p MainPID -p ExecStart -p Environment -p EnvironmentFiles \
    sshd.service ssh.service sshd.socket ssh.socket || return 1
  UNIT='' ACTIVE='' LOADED='' SOCKET='' PID='' STARTED='' UNIT_OPTIONS=''
  local units properties id service='' idle=''
  units=${OUTPUT}${NL}${NL}
  while [ -n "${units}" ]; do
    properties=${NL}${units%%"${NL}${NL}"*}
    units=${units#*"${NL}${NL}"}
    property Id "${properties}"
    id=${OUTPUT}
    property ActiveState "${properties}"
    case ${id}:${OUTPUT}:${ACTIVE} in
      *.socket:active:*) SOCKET=${id} ;;
      *.service:inactive:*)
        property LoadState "${properties}"
        if [ "${OUTPUT}" = loaded ]; then idle=${properties}; fi ;;
      *.service:*: | *.service:*:failed) UNIT=${id%.service} ACTIVE=${OUTPUT} service=${properties} ;;
      *) ;;
    esac
  done
  property LoadState "${service}"
  LOADED=${OUTPUT}
  property MainPID "${service}"
  PID=${OUTPUT#0}
  # A service that does not run: its socket, or somebody, will start it with these options.
  service=${service:-${idle}}
  property ExecStart "${service}"
  case ${OUTPUT} in
    *path=/*argv\[\]=*)
      SSHD=${OUTPUT#*path=} SSHD=${SSHD%% ;*}
      OUTPUT=${OUTPUT#*argv\[\]=}
      expand "${OUTPUT%% ; ignore_errors=*}" "${service}"
      split_options "${OUTPUT}"
      UNIT_OPTIONS=${OUTPUT} ;;
    *) ;;
  esac
  OPTIONS=${UNIT_OPTIONS}
  if [ -n "${PID}" ]; then read_process; fi
}

expand() { # COMMAND-LINE PROPERTIES: replaces variables by their values, once as systemd does; the last assignment wins
  local line='' rest=$1 name files assignments
  # systemd 219 calls it EnvironmentFile.
  files=$(printf '%s\n' "$2" | sed -n 's/^EnvironmentFiles\{0,1\}=\(.*\) (.*)$/\1/p')
  property Environment "$2"
  split_assignments "${OUTPUT}"
  assignments=${OUTPUT}
  while :; do
    case ${rest} in *[$]*) ;; *) break ;; esac
    line=${line}${rest%%[$]*}
    rest=${rest#*[$]}
    case ${rest} in
      \{*\}*) rest=${rest#\{} name=${rest%%\}*} rest=${rest#*\}} ;;
      *) name=${rest%%[!A-Za-z0-9_]*} rest=${rest#"${name}"} ;;
    esac
    # The dot keeps an empty last assignment. A file may be absent.
    OUTPUT=$(printf '%s' "${assignments}" | sed -n "s/^[[:space:]]*${name}=\(.*\)/\1./p" - ${files} 9>&-)
    OUTPUT=${OUTPUT##*"${NL}"}
    line=${line}${OUTPUT%.}
  done
  OUTPUT=${line}${rest}
}

# systemctl show joins the assignments with blanks. Names of variables are in capitals, keywords of sshd are not.
split_assignments() { # ENVIRONMENT: one a line
  local word IFS=' "'
  OUTPUT=''
  for word in $1; do
    case ${word%%=*} in *[!A-Z0-9_]*) OUTPUT="${OUTPUT} ${word}" ;; *) OUTPUT=${OUTPUT}${NL}${word} ;; esac
  done
  OUTPUT=${OUTPUT}${NL}
}

# systemctl show and the title of sshd's process join the arguments with blanks. sshd takes options only, so a word without a
# dash belongs to the option before it. How sshd logs and detaches is no concern here.
split_options() { # COMMAND-LINE: into options with their values attached, one a line
  # shellcheck disable=SC2141 # a backslash, as a quote
  local word option='' IFS=" \"'\\"
  OUTPUT=''
  for word in ${1#*[[:space:]]} -; do
    case ${word} in
      -*)
        case ${option} in '' | -[DdeqEit] | -E* | -ddd) ;; *) OUTPUT=${OUTPUT}${option}${NL} ;; esac
        option=${word} ;;
      '') ;;
      *) if [ "${#option}" = 2 ]; then option=${option}${word}; else option="${option} ${word}"; fi ;;
    esac
  done
}

read_start() { # of process PID
  local line
  [ -n "${PID}" ] && [ -r "/proc/${PID}/stat" ] && read -r line <"/proc/${PID}/stat" || return 1
  set -- ${line##*) }
  STARTED=${20}
  [ "$1" != Z ] # ended, and its parent has not noticed
}

read_process() { # the options of the running sshd, and its start
  local line
  read_start || { PID='' && return; }
  line=$(tr '\0' ' ' <"/proc/${PID}/cmdline")
  # From 8.2 on sshd sets a title, which can be cut off.
  case ${line} in 'sshd: '*' [listener] '*) line=${line#sshd: } ;; 'sshd: '*) return ;; *) ;; esac
  split_options "${line%% \[listener\] *}"
  OPTIONS=${OUTPUT}
}

remember() { # the running sshd, the values that it has loaded, and when it was restarted for edited files
  if [ -z "${PID}" ]; then return; fi
  printf '%s\n' "${PID} ${STARTED} ${INTERVAL}/${COUNT_MAX} ${FORCED_AT}" "${SSHD}" "${OPTIONS}end" >"${STATE}"
}

recall_process() { # of the last run: where it still runs, its options are the same, and systemd need not be asked
  local started sshd options='' line
  [ -r "${STATE}" ] || return 1
  {
    read -r PID started line
    read -r sshd
    while read -r line && [ "${line}" != end ]; do options=${options}${line}${NL}; done
  } <"${STATE}"
  # A run that was killed can leave a part of the file.
  [ "${line}" = end ] && read_start && [ "${STARTED}" = "${started}" ] || return 1
  SSHD=${sshd} OPTIONS=${options} RECALLED=yes
}

require_config() { # that no -f makes the running sshd read another file; systemd starts it in the root folder
  local option IFS=${NL}
  for option in ${OPTIONS}; do
    case ${option} in -f* | -[46D]*f*) option=${option#*f} ;; *) continue ;; esac
    case ${option} in /*) ;; *) option=/${option} ;; esac
    if [ "${option}" -ef "${CONFIG}" ]; then continue; fi
    fail overridden "The running sshd has -f ${option} on its command line, and reads another file than ${CONFIG}."
  done
}

has_other_sshd() { # that listens, such as one that was started by hand, or by another unit
  local file name
  if [ -n "${PID}${SOCKET}" ]; then return 1; fi
  set +f
  set -- /proc/[0-9]*/comm
  set -f
  for file; do
    read -r name <"${file}" && [ "${name}" = sshd ] || continue
    PID=${file#/proc/} PID=${PID%/comm}
    [ "/proc/${PID}/ns/net" -ef /proc/self/ns/net ] || continue # that of a container
    read_sockets
    case ${OUTPUT} in *keeps\ * | *moves\ *) return ;; *) ;; esac
  done
  PID=''
  return 1
}

# --- Effective settings

run_sshd() { # OPTION...: with those of the unit
  local IFS=${NL}
  run timeout 20 "${SSHD}" ${OPTIONS} ${MAIN_OPTION} "$@" && return
  case ${OUTPUT} in *'privilege separation directory'*) ;; *) return 1 ;; esac
  # Under socket activation it exists only while the service runs (Debian, Ubuntu).
  mkdir -m 755 "${PRIVSEP}"
  run timeout 20 "${SSHD}" ${OPTIONS} ${MAIN_OPTION} "$@"
}

read_settings() { # [FILE]: with FILE as sshd_config; -ddd adds the version, the files and the line of every setting
  run_sshd -T -ddd -C "${CONNECTION}" ${1:+"-f$1"} || return 1
  INTERVAL='' COUNT_MAX='' PID_FILE='' LISTEN='' FILES='' MATCHES='' WHERE='' OTHERS=''
  local line listed='' IFS=${NL}
  # Keywords are in lower case up to 10.3 and in CamelCase from 10.4 on.
  for line in ${OUTPUT}; do
    case ${line} in
      'debug1: sshd version '*) VERSION=${line#*version } ;;
      'debug2: load_server_config: filename '*) line=${line%[[:space:]]} FILES=${FILES}${line#*filename }${NL} ;;
      'debug3: checking match for '*) MATCHES=yes ;;
      'debug3: /'*' setting '[Cc]lient[Aa]live[Ii]nterval*) WHERE=${WHERE:-${line#debug3: }} ;;
      [Cc]lient[Aa]live[Ii]nterval' '*) INTERVAL=${line#* } ;;
      [Cc]lient[Aa]live[Cc]ount[Mm]ax' '*) COUNT_MAX=${line#* } ;;
      [Pp]id[Ff]ile' '*) PID_FILE=${line#* } ;;
      [Ll]isten[Aa]ddress' '*) LISTEN=${LISTEN}${line#* }${NL} ;;
      # The list begins with it, after all messages.
      [Pp]ort' '[0-9]*) listed=${NL}${line} ;;
      *) if [ -n "${listed}" ]; then listed=${listed}${NL}${line}; fi ;;
    esac
  done
  OTHERS=${LISTEN}${PID_FILE}${listed}
  VERSION=${VERSION#OpenSSH_}
  VERSION=${VERSION%%[!A-Za-z0-9._-]*}
  WHERE=${WHERE%% setting *}
  WHERE=${WHERE%:*}
  case ${WHERE} in '' | "${MAIN_JOURNAL}/new" | *[[:space:]]*) WHERE=${CONFIG} ;; *) ;; esac
  # 7.4 accepts a negative count, and one that overflows.
  case ${INTERVAL}/${COUNT_MAX} in /* | */ | *[!0-9/-]*) return 1 ;; *) ;; esac
}

has_desired_values() {
  [ "${INTERVAL}/${COUNT_MAX}" = "${DESIRED_INTERVAL}/${DESIRED_COUNT_MAX}" ]
}

fail_with_output() { # REASON SENTENCE: and what sshd printed, without its debug lines
  OUTPUT=$(printf '%s\n' "${OUTPUT}" | tr -d '\r' | grep -v -e '^debug[123]: ' -e '^$' | head -n 5)
  fail "$1" "$2:${NL}${OUTPUT:-It printed nothing, which is a crash or a hang; try ${SSHD} -T.}"
}

lines_with() { # KEYWORD...: in all configuration files
  local IFS=${NL}
  OUTPUT=$(grep -n -i "^[[:space:]]*\"\\{0,1\\}\\($1\\)" ${FILES} /dev/null)
}

report_match_blocks() { # lines of sshd_config above its first Match are for all; other files can be included below one
  local IFS=${NL}
  if [ -z "${MATCHES}" ]; then return; fi
  OUTPUT=$(awk -v dropin="${DROPIN}" -v where="${WHERE}" '
    { line = tolower($0) }
    line ~ /^[ \t]*"?match["= \t]/ { below = 1 }
    FILENAME == dropin && where == dropin { next }
    (NR > FNR || below) && line ~ /^[ \t]*"?clientalive/ { print FILENAME ":" FNR ":" $0 }' ${FILES})
  if [ -n "${OUTPUT}" ]; then say "Match blocks can set other values for some connections. These lines set them:${NL}${OUTPUT}"; fi
}

fail_as_overridden() {
  case ${OPTIONS} in
    *[Cc][Ll][Ii][Ee][Nn][Tt][Aa][Ll][Ii][Vv][Ee]*)
      fail overridden "ClientAlive... on the command line of sshd overrides every file: see 'systemctl cat ${UNIT}'." ;;
    *) ;;
  esac
  FILES=${MAIN}${NL}${FILES#*"${NL}"} # instead of the candidate
  report_match_blocks
  say "With our lines in place the effective values are ${INTERVAL} and ${COUNT_MAX}."
  fail overridden 'A Match block for every connection overrides them: remove ClientAliveInterval and ClientAliveCountMax there.'
}

# Whether the running sshd has loaded the files. It does so when it starts, and at a reload, which rewrites the pid file.
is_in_force() {
  EDITED=''
  if [ -z "${PID}" ]; then return 0; fi # it loads them when it is started, for every connection or by systemd
  local pid='' started='' values='' time
  if [ -r "${STATE}" ]; then read -r pid started values FORCED_AT <"${STATE}"; fi
  # Then nobody has reloaded it since, whatever has touched the files.
  if [ "${pid} ${started} ${values}" = "${PID} ${STARTED} ${INTERVAL}/${COUNT_MAX}" ] && ! [ "${PID_FILE}" -nt "${STATE}" ]; then
    return 0
  fi
  pid=''
  if [ -r "${PID_FILE}" ]; then read -r pid <"${PID_FILE}"; fi
  if [ "${pid}" = "${PID}" ]; then
    time=$(TZ=UTC stat -c '%z ' "${PID_FILE}")
  else
    read -r time pid </proc/uptime
    time=$(($(date +%s) - ${time%.*} + STARTED / 100 + 2)) # 100 ticks a second, on every architecture
    time=$(TZ=UTC date -d "@${time}" '+%Y-%m-%d %H:%M:%S')
  fi
  # Change times, which cp -p cannot set; those of links and of what they lead to; and of the folder, for deletions.
  local line IFS=${NL}
  for line in $(TZ=UTC stat -c '%z %n' ${FILES} "${DROPIN%/*}"; TZ=UTC stat -L -c '%z %n' ${FILES} "${DROPIN%/*}"); do
    if [ "${line%%/*}" \> "${time}" ]; then EDITED=/${line#*/}; fi
  done
  [ -z "${EDITED}" ]
}

# --- A restart must succeed and change nothing else

# Compares the sockets of the running sshd with those that the files ask for, in lines of keeps, opens, closes, and moves, where
# another address has the port. An address that this machine does not have is not opened.
read_sockets() {
  OUTPUT=$({ ls -l "/proc/${PID}/fd" && cd "/proc/${PID}/net" && cat fib_trie if_inet6 tcp tcp6; } | LISTEN=${LISTEN} awk '
    function ipv4(text,  part) {
      split(text, part, ".")
      return sprintf("%02X%02X%02X%02X", part[1], part[2], part[3], part[4])
    }
    function ipv6(text,  half, part, side, n, i, hex) {
      sub(/%.*/, "", text)
      split(text, half, "::")
      for (side = 1; side <= 2; side++) {
        n = split(half[side], part, ":")
        for (i = 1; i <= n; i++) hex[side] = hex[side] substr("0000", length(part[i]) + 1) part[i]
      }
      while (length(hex[1] hex[2]) < 32) hex[1] = hex[1] "0000"
      return toupper(hex[1] hex[2])
    }
    function network_order(words,  hex, i) { # /proc has words of 32 bits in the order of the processor
      for (i = 1; i < length(words); i += 8)
        hex = hex substr(words, i + 6, 2) substr(words, i + 4, 2) substr(words, i + 2, 2) substr(words, i, 2)
      return hex
    }
    BEGIN { present["00000000"] = present["7F000001"] = 1 }
    /socket:\[/ { gsub(/.*\[|\]/, ""); own[$0] = 1; next }
    $1 == "|--" { address = $2 }
    /host LOCAL/ { present[ipv4(address)] = 1 }
    NF == 6 && length($1) == 32 { present[toupper($1)] = 1 }
    /remote_address/ { present["00000000000000000000000000000000"] = 1 } # tcp6 exists; :: needs no address (disable_ipv6)
    $4 == "0A" && $10 in own { split($2, part, ":"); listens[network_order(part[1]) ":" part[2]] = 1 }
    END {
      n = split(ENVIRON["LISTEN"], wanted, "\n")
      for (i = 1; i < n; i++) {
        split(wanted[i], part, " ")
        host = port = part[1]
        sub(/:[0-9]+$/, "", host)
        port = sprintf("%04X", substr(port, length(host) + 2))
        gsub(/[][]/, "", host)
        host = host ~ /:/ ? ipv6(host) : ipv4(host)
        asked[port] = asked[host ":" port] = 1
        if ((host ":" port) in listens) print (host in present ? "keeps " : "closes ") part[1]
        else if (host in present) print "opens " part[1]
      }
      for (key in listens) if (!(key in asked)) print (substr(key, length(key) - 3) in asked ? "moves " : "closes ") key " (hexadecimal)"
    }')
}

has_same_sockets() { # under socket activation they belong to systemd and stay open
  if [ -n "${SOCKET}" ]; then return 0; fi
  read_sockets
  case ${OUTPUT} in *opens\ * | *closes\ * | *moves\ *) return 1 ;; 'keeps '*) ;; *) return 1 ;; esac
}

can_start() { # -i opens no port: of /dev/null it reads the end of a connection, after it has printed its banner
  run_sshd -i -e
  case ${OUTPUT} in *SSH-2.0-*) ;; *) return 1 ;; esac
}

require_restartable() { # [again]
  local settings started=${STARTED}
  if [ -z "${UNIT}" ]; then return; fi
  [ "${LOADED}" = loaded ] || fail cannot-restart "${UNIT}.service is ${LOADED}, so systemd would not start it again."
  if [ "${UNIT_OPTIONS}" != "${OPTIONS}" ]; then
    settings="${INTERVAL} ${COUNT_MAX} ${OTHERS}" OPTIONS=${UNIT_OPTIONS}
    read_settings || fail_with_output cannot-restart "sshd refuses the options of ${UNIT}.service"
    [ "${INTERVAL} ${COUNT_MAX} ${OTHERS}" = "${settings}" ] ||
      fail cannot-restart "${UNIT}.service has other options than the running sshd. Restart it, then run this again."
  fi
  can_start || fail_with_output cannot-restart 'sshd would not start with the present files and options'
  if has_same_sockets; then return; fi
  if [ $# = 0 ] && ! { read_start && [ "${STARTED}" = "${started}" ]; }; then # somebody else has restarted it
    examine
    require_restartable again
    return
  fi
  say "A restart would change the sockets of sshd:${NL}${OUTPUT}"
  lines_with 'port\|listenaddress\|addressfamily'
  fail cannot-restart "${OUTPUT}${OUTPUT:+${NL}}Restart sshd or undo the change, then run this again."
}

restart() {
  # Since then, the first connection to its socket or somebody can have started it with the old files.
  if [ -z "${UNIT}" ]; then
    examine
    require_restartable
    RUNNING="${PID} ${STARTED}"
  fi
  if [ -z "${UNIT}" ]; then
    say 'No sshd service is running; the values are in force as soon as one starts.'
    return
  fi
  if [ -n "${EDITED}" ] && [ -z "${UNFINISHED}" ]; then
    say "${EDITED} was edited after sshd had started; the restart puts that into force as well."
  fi
  can_start || fail_with_output restart 'sshd would not start with the new files'
  RESTARTED=${UNIT}
  restart_unit || fail restart "systemctl restart ${RESTARTED} failed. ${OUTPUT}"
  is_up || fail restart "After its restart ${RESTARTED} does not run, or listens on other sockets than before."
  say "${RESTARTED}.service was restarted; open sessions keep the values that they started with."
}

restart_unit() { # by default systemd stops and starts within 90 s each; two restarts fit into the document's 600 s
  run timeout 200 systemctl restart "${RESTARTED}"
}

is_up() {
  local tries
  for tries in 4 3 2 1 0; do
    if read_service && [ "${ACTIVE}" = active ] && [ -n "${PID}" ] && has_same_sockets; then return; fi
    sleep "$((tries > 0))"
  done
  return 1
}

# --- Files. Each is prepared in a journal, a folder beside it that only root can enter, and renamed from there.

is_unfinished() {
  [ -e "${MAIN_JOURNAL}" ] || [ -L "${MAIN_JOURNAL}" ] || [ -e "${DROPIN_JOURNAL}" ] || [ -L "${DROPIN_JOURNAL}" ]
}

take_lock() { # returns 1 where it had to wait; flock of busybox cannot wait
  run true >>"${LOCK}" && exec 9>>"${LOCK}" || fail lock "${LOCK} cannot be written."
  if flock -n 9; then return 0; fi
  if flock -w 100 9; then return 1; fi
  fail lock "${LOCK} cannot be locked; another run may have held it for 100 seconds."
}

delete_journals() {
  run rm -rf "${MAIN_JOURNAL}" "${DROPIN_JOURNAL}"
}

# What is renamed without it can be an empty file after a power cut (XFS). dd, because sync FILE needs coreutils 8.24; the
# older sync of Amazon Linux 2 flushes every file system, which can hang.
flush() { # FILE
  run dd if=/dev/null of="$1" conv=notrunc,fsync
}

flush_rename() { # FILE: ext4 and XFS flush a rename with the file; its folder is flushed where sync takes one
  if [ -f "$1" ]; then flush "$1" || return 1; fi
  case $(sync --help 2>&1) in *FILE*) run sync "${1%/*}" ;; *) ;; esac
}

inspect() { # FILE [drop-in]: what of ours is in it; in our drop-in every line should be
  local problems
  problems=$(awk -v begin="${BEGIN}" -v end="${END}" -v dropin="${2+1}" '
    BEGIN { open = dropin }
    $0 == begin { if (blocks++) print "line " FNR ": a second block begins"; open = FNR; next }
    $0 == end { if (!open) print "line " FNR ": a block ends that did not begin"; open = dropin; next }
    /^[ \t]*#[ \t]*(BEGIN|END)[ \t]+cdk-ssh-keepalive/ { print "line " FNR ": this marker was edited" }
    { line = tolower($0) }
    open && line !~ /^[ \t]*(clientalive(interval|countmax)[ \t="]|$)/ { print "line " FNR ": this line is not ours" }
    line ~ /^[ \t]*"?include[ \t"=].*sshd_config\.d\// && !competes { includes = 1 }
    line ~ /^[ \t]*"?(include|match|clientalive)/ { competes = 1 }
    END {
      if (open && !dropin) print "line " open ": a block begins that does not end"
      print "found" (blocks ? " block" : "") (includes ? " include" : "")
    }' "$1") || fail read "$1 cannot be read."
  FOUND=${problems##*"${NL}"}
  if [ "${problems}" = "${FOUND}" ]; then return; fi
  fail markers "The lines of cdk-ssh-keepalive in $1 were edited. Repair or delete them:${NL}${problems%"${NL}"*}"
}

can_use_dropin() { # sshd_config includes the folder before all that competes, and so does no file that sorts before ours
  [ "${FOUND}" = 'found include' ] && [ -d "${DROPIN%/*}" ] || return 1
  set +f
  run grep -l -s -i '^[[:space:]]*"\{0,1\}clientalive' "${DROPIN%/*}"/*.conf
  set -f
  ! [ "${OUTPUT%%"${NL}"*}" \< "${DROPIN}" ] || [ -z "${OUTPUT}" ]
}

with_block() { # FILE: BLOCK comes before any Include and Match, because the first value wins
  printf '%s' "${BLOCK}" && sed "/^${BEGIN}\$/,/^${END}\$/d" "$1" && echo .
}

text_of() { # FILE: and a dot, without which a command substitution drops the last newlines; nothing where it is absent
  if [ -e "$1" ]; then cat "$1" && echo .; fi
}

open_journal() { # JOURNAL FILE: a hard link shows what somebody appends to the old file meanwhile
  run mkdir -m 700 "$1" || fail write "$1 cannot be created. ${OUTPUT}"
  if ! [ -e "$2" ]; then return; fi
  run ln "$2" "$1/old" || run cp -a "$2" "$1/old" || fail write "$2 cannot be backed up. ${OUTPUT}"
}

write_new() { # JOURNAL TEXT
  printf '%s' "${2%.}" >"$1/new" && flush "$1/new" || fail write "$1/new cannot be written; the disk may be full. ${OUTPUT}"
}

prepare_main() { # the candidate for sshd_config, which sshd must accept before anything is renamed
  open_journal "${MAIN_JOURNAL}" "${MAIN}"
  # With mode, owner and SELinux context.
  run cp -a "${MAIN}" "${MAIN_JOURNAL}/new" || fail write "${MAIN_JOURNAL}/new cannot be written. ${OUTPUT}"
  WRITTEN=$(with_block "${MAIN_JOURNAL}/old")
  write_new "${MAIN_JOURNAL}" "${WRITTEN}"
  read_settings "${MAIN_JOURNAL}/new" || fail_with_output candidate 'sshd refuses the new configuration'
  [ "${OTHERS}" = "${BEFORE}" ] || fail candidate 'The new configuration would change another setting.'
}

replace_main() { # fails where somebody else edited it: before the rename, or through the old name since
  if [ "$(with_block "${MAIN}")" != "${WRITTEN}" ]; then return 1; fi
  CHANGED_MAIN=yes
  run mv -f "${MAIN_JOURNAL}/new" "${MAIN}" && flush_rename "${MAIN}" || fail write "${MAIN} cannot be replaced. ${OUTPUT}"
  [ "$(text_of "${MAIN}")$(with_block "${MAIN_JOURNAL}/old")" = "${WRITTEN}${WRITTEN}" ]
}

roll_back_file() { # FILE JOURNAL TEXT: only where it still is exactly what this run wrote
  if [ -e "$2/new" ] || { [ -z "$3" ] && ! [ -e "$2/old" ]; }; then return; fi # nothing was renamed
  if [ "$(text_of "$1")" != "$3" ]; then
    if [ -n "$3" ] && ! grep -q "^${BEGIN}\$" "$1"; then return; fi
    say "Somebody else edited $1 meanwhile, so it is left as it is. Check it, then run this again."
    return 1
  fi
  if [ -e "$2/old" ]; then run mv -f "$2/old" "$1"; else run rm -f "$1"; fi && flush_rename "$1"
}

roll_back_files() {
  local code=0
  if [ -n "${CHANGED_MAIN}" ]; then
    if roll_back_file "${MAIN}" "${MAIN_JOURNAL}" "${WRITTEN}"; then CHANGED_MAIN=''; else code=1; fi
  fi
  if [ -n "${CHANGED_DROPIN}" ]; then
    if roll_back_file "${DROPIN}" "${DROPIN_JOURNAL}" "${BLOCK:+${BLOCK}.}"; then CHANGED_DROPIN=''; else code=1; fi
  fi
  if [ "${code}" = 0 ]; then delete_journals; fi
  return "${code}"
}

roll_back() {
  local code=0
  if [ -n "${CHANGING}" ]; then roll_back_files || code=1; fi
  if [ -z "${RESTARTED}" ]; then return "${code}"; fi
  # The sshd that never stopped has loaded the old files.
  if read_service && [ "${ACTIVE} ${PID} ${STARTED}" = "active ${RUNNING}" ] && has_same_sockets; then return "${code}"; fi
  # systemd refuses more than 5 starts in 10 s, failed ones included.
  run timeout 60 systemctl reset-failed "${RESTARTED}"
  restart_unit
  is_up && return "${code}"
}

# --- The three actions

examine() { # the service and the files as they are; a service that is being restarted meanwhile is looked at again
  local seconds=0 limit
  while :; do
    read_service || fail service "systemctl cannot show the service of sshd. ${OUTPUT}"
    RECALLED=''
    examine_settings
    if is_settled; then return; fi
    limit=2
    case ${ACTIVE} in *ing) limit=100 ;; *) ;; esac # activating or deactivating, perhaps slowly
    if [ "${seconds}" -ge "${limit}" ]; then break; fi
    seconds=$((seconds + 1))
    sleep 1
  done
  if [ -n "${ACTIVE}" ]; then fail service "${UNIT}.service is ${ACTIVE}; see 'systemctl status ${UNIT}'."; fi
  fail service "Process ${PID}, an sshd that listens, is not the service sshd or ssh."
}

is_settled() { # the service runs, or no sshd listens
  case ${ACTIVE}:${PID} in
    active:?*) ;;
    :) ! has_other_sshd ;;
    *) return 1 ;;
  esac
}

examine_settings() {
  [ -x "${SSHD}" ] || fail sshd "${SSHD} is missing: there is no OpenSSH server here."
  require_config
  read_settings || fail_with_output config 'sshd refuses its configuration as it is, so it is left alone'
}

# An earlier run that was killed left a complete and validated file, old or new. Its old one is not restored, because
# somebody may have edited the file since; sshd is restarted in any case.
begin_change() {
  if ! take_lock || [ -n "${RECALLED}" ]; then examine; fi
  if is_unfinished; then UNFINISHED=yes; fi
}

prepare_change() { # everything that can be checked before anything is changed; a run that fails here leaves the journals
  # mv would move into a folder, also behind a link.
  if [ -d "${DROPIN}" ]; then fail write "${DROPIN} is a folder."; fi
  if [ -f "${DROPIN}" ] && ! [ -L "${DROPIN}" ]; then inspect "${DROPIN}" drop-in; fi
  inspect "${MAIN}"
  require_restartable
  BEFORE=${OTHERS} RUNNING="${PID} ${STARTED}"
  CHANGING=yes
  delete_journals || fail write "The journal of an earlier run cannot be removed. ${OUTPUT}"
}

change() { # once more from the beginning where somebody else edits sshd_config meanwhile
  prepare_change
  if change_files; then return; fi
  roll_back_files
  examine
  prepare_change
  change_files || fail edited "Somebody else edited ${MAIN} meanwhile; run this again."
}

change_files() {
  if [ "${SSM_Action}" = Remove ]; then remove_lines; elif ! has_desired_values; then add_lines; fi
}

add_lines() {
  if [ -n "${MAIN_OPTION}" ]; then
    prepare_main
    has_desired_values || fail_as_overridden
  fi
  if can_use_dropin; then
    open_journal "${DROPIN_JOURNAL}" "${DROPIN}"
    write_new "${DROPIN_JOURNAL}" "${BLOCK}."
    CHANGED_DROPIN=yes
    run mv -f "${DROPIN_JOURNAL}/new" "${DROPIN}" && flush_rename "${DROPIN}" || fail write "${DROPIN} cannot be replaced. ${OUTPUT}"
    if read_settings && [ "${OTHERS}" = "${BEFORE}" ] && has_desired_values; then return; fi
    roll_back_file "${DROPIN}" "${DROPIN_JOURNAL}" "${BLOCK}." || fail write "${DROPIN} cannot be withdrawn. ${OUTPUT}"
    CHANGED_DROPIN=''
  fi
  [ -n "${MAIN_OPTION}" ] || fail config "sshd reads ${MAIN}, a file of its package. Copy it to ${CONFIG}, then run this again."
  replace_main || return 1
  read_settings && [ "${OTHERS}" = "${BEFORE}" ] && has_desired_values || fail_as_overridden
}

remove_lines() {
  BLOCK=''
  case ${FOUND} in *block*) prepare_main && replace_main || return 1 ;; *) ;; esac
  if [ -e "${DROPIN}" ]; then
    run mkdir -m 700 "${DROPIN_JOURNAL}" || fail write "${DROPIN_JOURNAL} cannot be created. ${OUTPUT}"
    CHANGED_DROPIN=yes
    run mv -f "${DROPIN}" "${DROPIN_JOURNAL}/old" && flush_rename "${DROPIN}" || fail write "${DROPIN} cannot be removed. ${OUTPUT}"
  fi
  read_settings || fail_with_output candidate 'sshd refuses the configuration without our lines'
  [ "${OTHERS}" = "${BEFORE}" ] || fail candidate 'Without our lines another setting would change.'
}

commit() { # VERDICT REASON: the change is in force, whatever becomes of the rest
  trap '' HUP INT TERM
  VERDICT=$1 REASON=$2
  trap 'finish "${VERDICT}" "${REASON}" 0' EXIT
  log "$1" "$2"
  delete_journals || say 'The journal cannot be removed; the next run does it.'
  remember
}

finish_unchanged() { # VERDICT
  report_match_blocks
  remember
  finish "$1" already-correct 0
}

apply() {
  local reason=applied uptime
  if ! is_unfinished && has_desired_values && is_in_force; then finish_unchanged unchanged; fi
  begin_change
  if is_in_force && has_desired_values && [ -z "${UNFINISHED}" ]; then finish_unchanged unchanged; fi # by the run before this one
  if has_desired_values && [ -z "${UNFINISHED}" ]; then
    reason=loaded
    read -r uptime _ </proc/uptime
    uptime=${uptime%.*}
    if [ "${FORCED_AT}" -gt 0 ] && [ "$((uptime - FORCED_AT))" -lt 86400 ]; then
      say "${EDITED} was edited after sshd had loaded it."
      fail not-loaded 'sshd was restarted for that less than a day ago, so it is not restarted again.'
    fi
    FORCED_AT=${uptime}
  fi
  change
  restart
  # Where our lines are; earlier lines of others can have the same values.
  if [ -n "${CHANGED_DROPIN}" ]; then WHERE=${DROPIN}; elif [ -n "${CHANGED_MAIN}" ]; then WHERE=${CONFIG}; fi
  commit changed "${UNFINISHED:+resumed-}${reason}"
  say "sshd sends a keepalive to a silent client every ${DESIRED_INTERVAL} seconds, up to ${DESIRED_COUNT_MAX} times"
  say "(before: every ${WAS%/*} seconds, ${WAS#*/} times; 0 seconds is never)."
  report_match_blocks
  exit 0
}

check() {
  if is_unfinished; then # or another run is at work
    take_lock || :
    examine
  fi
  if ! is_unfinished && has_desired_values && is_in_force; then finish_unchanged compliant; fi
  report_match_blocks
  if is_unfinished; then
    say 'An earlier run was killed, perhaps before it restarted sshd. Apply completes it.'
    finish drifted unfinished 1
  fi
  if has_desired_values; then
    say "${EDITED} was edited after sshd had loaded it, so the values may not be in force. Apply restarts sshd."
    finish drifted not-loaded 1
  fi
  say "The effective values are ClientAliveInterval ${INTERVAL} and ClientAliveCountMax ${COUNT_MAX},"
  say "and the desired ones ${DESIRED_INTERVAL} and ${DESIRED_COUNT_MAX}."
  finish drifted values 1
}

has_nothing_of_ours() { # grep's 1 is "not found"; anything else but 0 is an error
  grep -q '^[[:space:]]*#[[:space:]]*\(BEGIN\|END\)[[:space:]]*cdk-ssh-keepalive' "${MAIN}"
  [ $? = 1 ] && ! [ -e "${DROPIN}" ] && ! is_unfinished
}

remove() {
  local reason=absent
  if ! has_nothing_of_ours; then
    begin_change
    if [ -n "${UNFINISHED}" ] || ! has_nothing_of_ours; then reason=removed; fi
  fi
  if [ "${reason}" = removed ]; then
    is_in_force || :
    change
    restart
  fi
  DESIRED_INTERVAL=${INTERVAL} DESIRED_COUNT_MAX=${COUNT_MAX}
  if [ "${reason}" = removed ]; then commit removed removed; fi
  finish removed "${reason}" 0
}

find_main() { # root writes to no folder that somebody else can write to
  if [ -z "${MAIN_OPTION}" ]; then MAIN=${FILES%%"${NL}"*}; fi
  if ! [ -L "${CONFIG}" ]; then return; fi
  MAIN=$(readlink -f "${CONFIG}")
  case $(stat -c %A "${MAIN%/*}") in
    ?????w* | ????????w*) ;;
    *) if [ -O "${MAIN%/*}" ]; then return; fi ;;
  esac
  fail owner "${CONFIG} is a link to ${MAIN}, whose folder is not root's alone."
}

main() {
  local command
  # A shell that cannot fork ends at once, so the end is trapped as well.
  trap 'fail interrupted "The run was interrupted."' EXIT HUP INT TERM
  read_parameters
  for command in awk cat cp date dd flock grep ls mkdir mv rm sed sleep stat systemctl timeout tr; do
    command -v "${command}" >/dev/null || fail commands "The command ${command} is missing."
  done
  # SLES 16 and openSUSE can have it in /usr/etc alone, where nothing is written.
  if ! [ -e "${CONFIG}" ]; then MAIN_OPTION=''; fi
  if recall_process; then examine_settings; else examine; fi
  WAS=${INTERVAL}/${COUNT_MAX}
  find_main
  MAIN_JOURNAL=${MAIN%/*}/.cdk-ssh-keepalive
  case ${SSM_Action} in Apply) apply ;; Check) check ;; *) remove ;; esac
}

main

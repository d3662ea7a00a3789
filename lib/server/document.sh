# cdk-ssh-keepalive: applies, checks or removes ClientAliveInterval and ClientAliveCountMax of this machine's sshd.
#
# It asks sshd itself what holds (sshd -T) and touches nothing when that is as wanted. Otherwise it writes a drop-in of
# its own or a marked block at the top of sshd_config, and edits no other line: it validates the whole candidate, renames
# it into place, asks sshd again, restarts it once and looks whether it answers. Any failure puts everything back.
#
# The first line of output is the verdict. Exit: 0 as wanted, 1 drifted, 2 failed and everything is as it was,
# 3 failed and not restored.

# Systems Manager agents before 3.3.2746.0 do not set these; the document's allowedPattern guards what is filled in.
if [ -z "${SSM_Action+x}" ]; then export SSM_Action="{{Action}}"; fi
if [ -z "${SSM_ClientAliveInterval+x}" ]; then export SSM_ClientAliveInterval="{{ClientAliveInterval}}"; fi
if [ -z "${SSM_ClientAliveCountMax+x}" ]; then export SSM_ClientAliveCountMax="{{ClientAliveCountMax}}"; fi

PATH=/usr/sbin:/usr/bin:/sbin:/bin
SSHD=/usr/sbin/sshd
CONFIG=/etc/ssh/sshd_config
DROPIN=/etc/ssh/sshd_config.d/00-cdk-ssh-keepalive.conf
PRIVSEP=/run/sshd
LOCK=/run/cdk-ssh-keepalive.lock
LC_ALL=C
export PATH LC_ALL
# Functions that bash takes from the environment would be called instead.
unset -f awk bash command cp expr flock grep head ln mkdir mv printf readlink rm sed sha256sum sleep stat systemctl timeout tr
set -u
umask 077
# mawk fails when one of these is closed.
exec </dev/null
true 3>&2 || exec 2>/dev/null
true 3>&1 2>/dev/null || exec >/dev/null

BEGIN='# BEGIN cdk-ssh-keepalive'
END='# END cdk-ssh-keepalive'
NL='
'
# Somebody whom no Match block is about. sshd 7.4 wants user, host and addr; later ones want laddr and lport as well.
CONNECTION='user=cdk-ssh-keepalive,host=client.invalid,addr=192.0.2.1,laddr=192.0.2.2,lport=22'

ANSWER=''                   # what sshd said last
INTERVAL=- COUNT_MAX=-      # the values in it
WAS=-/-                     # the values when this run began
WANTED=- WANTED_COUNT_MAX=- # the values that this run is for
VERSION=- WHERE=${CONFIG}   # sshd's version, and the file that the interval comes from
REAL=${CONFIG}              # sshd_config behind its symlinks
JOURNAL='' DROPIN_JOURNAL=${DROPIN%/*}/.cdk-ssh-keepalive
BACKUP=''                   # the main file of before our block; hidden, so that no Include with a star reads it
COPIED=''                   # yes where the file system has no hard links
HOLDS=''                    # what the main file held before: block, includes, both or neither
LISTENER=''                 # the command line of the running sshd
EDITED=''                   # a file that was edited after that sshd had started
UNIT=''                     # the systemd unit of the running sshd
GREETED=''                  # yes when sshd answered on its port before the change
LOCKED=''                   # yes when no other run can be at work
UNFINISHED=''               # yes when an earlier run was killed half-way
CHANGED_CONFIG='' CHANGED_DROPIN='' RESTARTED=''
TEXT=''                     # what a person reads below the verdict

say() { # SENTENCE
  TEXT=${TEXT}$1${NL}
}

finish() { # VERDICT REASON EXIT-CODE: builtins alone, because it is also what is left when no process can be started
  trap - EXIT
  printf 'cdk-ssh-keepalive verdict=%s interval=%s countmax=%s was=%s where=%s sshd=%s reason=%s\n' \
    "$1" "${WANTED}" "${WANTED_COUNT_MAX}" "${WAS}" "${WHERE}" "${VERSION}" "$2"
  printf '%s' "${TEXT}"
  exit "$3"
}

fail() { # REASON SENTENCE: puts back what this run changed and ends it
  trap '' HUP INT TERM
  if [ -n "${CHANGED_CONFIG}${CHANGED_DROPIN}" ]; then
    trap 'finish failed interrupted 3' EXIT
  else
    trap 'finish failed interrupted 2' EXIT
  fi
  say "$2"
  if restore; then
    if [ -n "${CHANGED_CONFIG}${CHANGED_DROPIN}" ]; then
      say 'Everything is as it was before.'
    else
      say 'Nothing was changed.'
    fi
    finish failed "$1" 2
  fi
  say "This could not be undone: look at ${CONFIG}, ${DROPIN} and 'systemctl status ${UNIT:-sshd}' before you log out."
  finish failed "$1" 3
}

# --- Parameters

refuse() { # RULE VALUE
  shown=$(printf '%.40s' "$2" | tr -c '[:print:]' '?')
  fail parameter "$1, got: '${shown}'."
}

read_number() { # NAME VALUE MAXIMUM: no sign, no leading zero, nothing that sshd 7.4 would silently take for 0
  case $2 in
    '' | 0* | *[!0-9]*) ;;
    *) if [ "${#2}" -le "${#3}" ] && [ "$2" -le "$3" ]; then return; fi ;;
  esac
  refuse "$1 must be a whole number from 1 to $3" "$2"
}

read_parameters() {
  case ${SSM_Action} in
    Apply | Check | Remove) ;;
    *) refuse 'Action must be Apply, Check or Remove' "${SSM_Action}" ;;
  esac
  read_number ClientAliveInterval "${SSM_ClientAliveInterval}" 86400
  read_number ClientAliveCountMax "${SSM_ClientAliveCountMax}" 10000
  WANTED=${SSM_ClientAliveInterval}
  WANTED_COUNT_MAX=${SSM_ClientAliveCountMax}
  BLOCK="${BEGIN}${NL}ClientAliveInterval ${WANTED}${NL}ClientAliveCountMax ${WANTED_COUNT_MAX}${NL}${END}${NL}"
}

# --- What sshd says

run_sshd() { # ARGUMENTS: its answer into ANSWER
  ANSWER=${NL}$("${SSHD}" "$@" 2>&1) && return
  case ${ANSWER} in *'privilege separation directory'*) ;; *) return 1 ;; esac
  # Under socket activation it exists only while the service runs (Debian, Ubuntu).
  mkdir -m 755 "${PRIVSEP}" && ANSWER=${NL}$("${SSHD}" "$@" 2>&1)
}

ask_sshd() { # FILE: what holds with it; -ddd adds sshd's version, the files, and the line of every setting
  run_sshd -T -ddd -C "${CONNECTION}" -f "$1" || return 1
  INTERVAL='' COUNT_MAX='' PID_FILE='' LISTEN='' FILES='' MATCHES='' WHERE=''
  set -f
  IFS=${NL}
  # Keywords are printed in lower case up to 10.3 and in CamelCase from 10.4 on.
  for line in ${ANSWER}; do
    case ${line} in
      [Cc]lient[Aa]live[Ii]nterval' '*) INTERVAL=${line#* } ;;
      [Cc]lient[Aa]live[Cc]ount[Mm]ax' '*) COUNT_MAX=${line#* } ;;
      [Pp]id[Ff]ile' '*) PID_FILE=${line#* } ;;
      [Ll]isten[Aa]ddress' '*) LISTEN=${line#* } ;; # the last: of [::] and 0.0.0.0 the one that is never off
      'debug1: sshd version '*) VERSION=${line#*version } ;;
      'debug2: load_server_config: filename '*) FILES=${FILES}${line#*filename }${NL} ;;
      'debug3: checking match for '*) MATCHES=yes ;;
      'debug3: /'*' setting '[Cc]lient[Aa]live[Ii]nterval*) WHERE=${WHERE:-${line#debug3: }} ;;
      *) ;;
    esac
  done
  unset IFS
  set +f
  VERSION=${VERSION#OpenSSH_}
  VERSION=${VERSION%%[!A-Za-z0-9._-]*}
  WHERE=${WHERE%% setting *}
  WHERE=${WHERE%:*}
  case ${WHERE} in '' | "${JOURNAL}/new" | *[[:space:]]*) WHERE=${CONFIG} ;; *) ;; esac
  # 7.4 reads a negative count, and one that overflows, and goes on.
  case ${INTERVAL}/${COUNT_MAX} in /* | */ | *[!0-9/-]*) return 1 ;; *) ;; esac
}

is_as_wanted() {
  [ "${INTERVAL}" = "${WANTED}" ] && [ "${COUNT_MAX}" = "${WANTED_COUNT_MAX}" ]
}

fail_as_sshd_says() { # REASON SENTENCE: and its answer, without the debug lines
  complaint=$(printf '%s\n' "${ANSWER}" | tr -d '\r' | grep -v -e '^debug[123]: ' -e '^$' | head -n 5)
  fail "$1" "$2:${NL}${complaint:-It ended without a word; try ${SSHD} -T.}"
}

read_other_settings() { # every effective setting but the two; the list begins with the port, after all complaints
  OTHERS='' listed=''
  set -f
  IFS=${NL}
  for line in ${ANSWER}; do
    case ${line} in
      [Pp]ort' '[0-9]*) listed=yes ;;
      [Cc]lient[Aa]live*) continue ;;
      *) ;;
    esac
    if [ -n "${listed}" ]; then OTHERS=${OTHERS}${line}${NL}; fi
  done
  unset IFS
  set +f
}

# --- What beats the global section

read_listener() { # its command line, and whether it can know the files as they are
  LISTENER='' EDITED='' pid=''
  if [ -r "${PID_FILE}" ]; then read -r pid <"${PID_FILE}" || :; fi
  if [ -n "${pid}" ] && [ -r "/proc/${pid}/cmdline" ]; then read -r LISTENER <"/proc/${pid}/cmdline" || :; fi
  case ${LISTENER} in *sshd*) ;; *) LISTENER='' && return ;; esac
  set -f
  IFS=${NL}
  for file in ${FILES:-"${CONFIG}"}; do
    file=${file%[[:cntrl:]]}
    # dash, bash and busybox have it, and POSIX since 2024.
    # shellcheck disable=SC3013
    if [ "${file}" -nt "${PID_FILE}" ]; then EDITED=${file}; fi
  done
  unset IFS
  set +f
}

report_edited() {
  [ -z "${EDITED}" ] || say "${EDITED} was edited after sshd had started: what it says may not hold before a restart."
}

value_in() { # TEXT: the number that it begins with, after = and blanks and quotes
  value=${1#"${1%%[!= \"\']*}"}
  printf '%s' "${value%%[!0-9]*}"
}

refuse_command_line() { # options of the running sshd, for example from a drop-in of its unit
  case ${LISTENER} in
    *-f"${CONFIG}"* | *"-f ${CONFIG}"*) ;;
    *-f/* | *'-f /'*) fail overridden "The running sshd has -f on its command line, and reads another file than ${CONFIG}." ;;
    *) ;;
  esac
  case ${LISTENER} in *[Cc][Ll][Ii][Ee][Nn][Tt][Aa][Ll][Ii][Vv][Ee]*) ;; *) return 0 ;; esac
  interval=$(value_in "${LISTENER#*[Aa][Ll][Ii][Vv][Ee][Ii][Nn][Tt][Ee][Rr][Vv][Aa][Ll]}")
  count_max=$(value_in "${LISTENER#*[Aa][Ll][Ii][Vv][Ee][Cc][Oo][Uu][Nn][Tt][Mm][Aa][Xx]}")
  if [ "${interval:-${WANTED}}/${count_max:-${WANTED_COUNT_MAX}}" = "${WANTED}/${WANTED_COUNT_MAX}" ]; then return 0; fi
  say 'The running sshd has -o ClientAlive... on its command line, which beats every file.'
  fail overridden "Remove it there; 'systemctl cat sshd ssh' shows where."
}

report_match_blocks() { # those that give other values to the connections that they are about
  [ -n "${MATCHES}" ] || return 0
  files=$(printf '%s' "${FILES}" | tr -d '\r')
  set -f
  IFS=${NL}
  # Twice, because a file that was read already can be included once more, below a Match.
  # shellcheck disable=SC2086 # one file name a line
  found=$(awk -v folder="${CONFIG%/*}/" '
    function include(patterns, match_line,  list, i, n) {
      n = split(patterns, list, /[ \t"]+/)
      for (i = 2; i <= n; i++) if (list[i] != "") {
        if (list[i] !~ /^\//) list[i] = folder list[i]
        gsub(/[.+^$(){}|]/, "\\\\&", list[i])
        gsub(/\[!/, "[^", list[i])
        gsub(/[*]/, "[^/]*", list[i])
        gsub(/[?]/, "[^/]", list[i])
        below["^" list[i] "$"] = match_line
      }
    }
    FNR == 1 { match_line = ""; for (file in below) if (FILENAME ~ file) match_line = below[file] }
    { sub(/\r$/, ""); sub(/^[ \t]+/, ""); keyword = tolower($0) }
    keyword ~ /^match[ \t=]/ { match_line = $0 }
    keyword ~ /^include[ \t="]/ && match_line != "" { sub(/=/, " "); include($0, match_line) }
    second && match_line != "" && keyword ~ /^clientalive(interval|countmax)[ \t="]/ {
      print FILENAME " line " FNR ": " $0 " (" match_line ")"
    }' ${files:-"${CONFIG}"} second=1 ${files:-"${CONFIG}"} 2>/dev/null) || say 'What Match blocks include could not be examined.'
  unset IFS
  set +f
  [ -z "${found}" ] || say "Match blocks set values of their own for the connections that they are about:${NL}${found}"
}

fail_as_overridden() {
  report_match_blocks
  say "With our setting in place sshd still answers ${INTERVAL} and ${COUNT_MAX}."
  fail overridden 'A Match block that holds for everybody beats it; take the two keywords out of it.'
}

# --- Files. Each is prepared in a journal, a directory beside it that only root can enter, and then renamed.

is_unfinished() {
  [ -e "${JOURNAL}" ] || [ -e "${DROPIN_JOURNAL}" ]
}

is_free() { # flock's 1 is "held by another"; anything else is no lock at all
  flock -n 9
  case $? in
    0) ;;
    1) return 1 ;;
    *) fail lock "${LOCK} cannot be locked." ;;
  esac
}

take_lock() { # returns 1 after it had to wait, because then sshd must be asked again
  true >>"${LOCK}" || fail lock "${LOCK} cannot be written."
  exec 9>>"${LOCK}"
  if is_free; then return 0; fi
  tries=120
  until is_free; do
    tries=$((tries - 1))
    [ "${tries}" -gt 0 ] || fail lock "Another run has held ${LOCK} for two minutes."
    sleep 1
  done
  return 1
}

# An earlier run that was killed left a complete and validated file, old or new. Its old one is not put back, because
# somebody may have edited the file since; sshd is restarted in any case.
clear_journals() {
  for journal in "${JOURNAL}" "${DROPIN_JOURNAL}"; do
    if [ -e "${journal}" ] || [ -L "${journal}" ]; then
      UNFINISHED=yes
      rm -rf "${journal}" || fail write "${journal}, left by an earlier run, cannot be removed."
    fi
  done
}

open_journal() { # FILE JOURNAL: keeps the present version, mode, owner and all; mkdir follows no link that lies in wait
  mkdir -m 700 "$2" || fail write "$2 cannot be made."
  if [ -e "$1" ]; then
    ln "$1" "$2/old" 2>/dev/null || { COPIED=yes && cp -a "$1" "$2/old"; } || fail write "$1 cannot be kept as a backup."
  else
    printf '' >"$2/absent" || fail write "$2 cannot be written."
  fi
}

put_back() { # FILE JOURNAL
  if [ -e "$2/new" ]; then return 0; fi # it never left the journal
  if [ -e "$2/old" ]; then
    mv -f "$2/old" "$1"
  elif [ -e "$2/absent" ]; then
    rm -f "$1"
  fi
}

close_journals() {
  rm -rf "${JOURNAL}" "${DROPIN_JOURNAL}"
}

inspect_config() { # our block in the main file, an Include of drop-ins before all that competes, and damaged markers
  found=$(awk -v begin="${BEGIN}" -v end="${END}" '
    $0 == begin { if (blocks++) print "line " FNR ": a second block begins"; open = FNR; next }
    $0 == end { if (!open) print "line " FNR ": a block ends that did not begin"; open = 0; next }
    /^[ \t]*#[ \t]*(BEGIN|END)[ \t]+cdk-ssh-keepalive/ { print "line " FNR ": this marker was edited" }
    { line = tolower($0) }
    open && line !~ /^[ \t]*clientalive(interval|countmax)[ \t="]/ { print "line " FNR ": this line is not ours" }
    line ~ /^[ \t]*include[ \t"=].*sshd_config\.d\// && !competes { includes = 1 }
    line ~ /^[ \t]*(include|match|clientalive)/ { competes = 1 }
    END {
      if (open) print "line " open ": a block begins that does not end"
      print "holds" (blocks ? " block" : "") (includes ? " includes" : "")
    }' "${REAL}") || fail read "${REAL} cannot be read."
  HOLDS=${found##*"${NL}"}
  if [ "${found}" = "${HOLDS}" ]; then return; fi
  fail markers "The markers of cdk-ssh-keepalive in ${REAL} are damaged; repair or delete them:${NL}${found%"${NL}"*}"
}

has_block() {
  case ${HOLDS} in *' block'*) ;; *) return 1 ;; esac
}

takes_dropins() {
  case ${HOLDS} in *' includes') ;; *) return 1 ;; esac
  [ -d "${DROPIN%/*}" ] || return 1
  for file in "${DROPIN%/*}"/*.conf; do
    expr "x${file}" '<' "x${DROPIN}" >/dev/null || return 0
    if grep -q -s -i '^[[:space:]]*clientalive' "${file}"; then return 1; fi
  done
}

prepare_config() { # BLOCK: the candidate for the main file, which must satisfy sshd before anything is renamed
  open_journal "${REAL}" "${JOURNAL}"
  cp -a "${REAL}" "${JOURNAL}/new" || fail write "${JOURNAL}/new cannot be written."
  # At the top, before any Include or Match: the first value wins.
  { printf '%s' "$1" && sed "/^${BEGIN}\$/,/^${END}\$/d" "${REAL}"; } >"${JOURNAL}/new" ||
    fail write "${JOURNAL}/new cannot be written."
  # -T does all that -t does, and tells what would hold.
  ask_sshd "${JOURNAL}/new" || fail_as_sshd_says candidate 'sshd refuses the new configuration'
  read_other_settings
  [ "${OTHERS}" = "${BEFORE}" ] || fail candidate 'The new configuration would change another setting.'
}

# The file of before our block stays beside it as long as the block does.
keep_backup() {
  if [ -n "${CHANGED_CONFIG}" ] && ! has_block; then mv -f "${JOURNAL}/old" "${BACKUP}"; fi
}

read_fingerprint() { # FILE: mode, owner and content
  FINGERPRINT=$(stat -c '%a %u %g' "$1" && sha256sum <"$1")
}

# Without our block the candidate has the same bytes, but the backup is the very file, with its hard links.
prefer_backup() {
  if ! [ -f "${BACKUP}" ] || [ -L "${BACKUP}" ]; then return; fi
  read_fingerprint "${BACKUP}"
  of_backup=${FINGERPRINT}
  read_fingerprint "${JOURNAL}/new"
  if [ "${FINGERPRINT}" = "${of_backup}" ]; then ln -f "${BACKUP}" "${JOURNAL}/new"; fi
}

replace_config() {
  # dash, bash and busybox have -ef, and POSIX since 2024. What edits this file renames another one into its place.
  # shellcheck disable=SC3013
  if [ -z "${COPIED}" ] && ! [ "${REAL}" -ef "${JOURNAL}/old" ]; then
    fail edited "Somebody else edited ${REAL} meanwhile; run this again."
  fi
  CHANGED_CONFIG=yes
  mv -f "${JOURNAL}/new" "${REAL}" || fail write "${REAL} cannot be replaced."
}

replace_dropin() {
  open_journal "${DROPIN}" "${DROPIN_JOURNAL}"
  printf '%s' "${BLOCK}" >"${DROPIN_JOURNAL}/new" || fail write "${DROPIN} cannot be written."
  CHANGED_DROPIN=yes
  mv -f "${DROPIN_JOURNAL}/new" "${DROPIN}" || fail write "${DROPIN} cannot be replaced."
}

remove_dropin() {
  mkdir -m 700 "${DROPIN_JOURNAL}" || fail write "${DROPIN_JOURNAL} cannot be made."
  CHANGED_DROPIN=yes
  mv -f "${DROPIN}" "${DROPIN_JOURNAL}/old" || fail write "${DROPIN} cannot be removed."
}

withdraw_dropin() {
  put_back "${DROPIN}" "${DROPIN_JOURNAL}" || fail write "${DROPIN} cannot be withdrawn."
  CHANGED_DROPIN=''
}

# --- The service

service() { # VERB UNIT: it may not wait for ever, nor may what it starts keep our lock
  timeout 60 systemctl "$@" 2>&1 9>&-
}

find_unit() { # sshd is Amazon Linux's, RHEL's and SUSE's name, ssh is Debian's and Ubuntu's
  for name in sshd ssh; do
    problem=$(service is-active "${name}")
    case $? in
      0) UNIT=${name} && return ;;
      3 | 4) # not running, or no such unit
        if [ "${problem}" = failed ]; then fail service "${name}.service has failed; see 'systemctl status ${name}'."; fi ;;
      *) fail service "systemctl cannot tell whether ${name} is running. ${problem}" ;;
    esac
  done
}

greets() { # sshd's banner, on the first address that it listens on
  address=${LISTEN%% *}
  host=${address%:*}
  case ${host} in
    0.0.0.0) host=127.0.0.1 ;;
    '[::]') host=::1 ;;
    '['*) host=${host#?} host=${host%?} ;;
    *) ;;
  esac
  # sh has no /dev/tcp, so bash expands this.
  # shellcheck disable=SC2016
  timeout 5 bash -p -c 'exec 3<>"/dev/tcp/$1/$2" && read -r -t 4 line <&3 && [ "${line#SSH-}" != "$line" ]' \
    bash "${host}" "${address##*:}" 2>/dev/null 9>&-
}

is_up() { # active, and answering if it did before: behind a port of the unit's own command line nobody can tell
  service is-active --quiet "${UNIT}" >/dev/null || return 1
  [ -n "${GREETED}" ] || return 0
  for pause in 1 1 1 1 0; do
    if greets; then return 0; fi
    sleep "${pause}"
  done
  return 1
}

restart() {
  if [ -z "${UNIT}" ]; then
    # Under socket activation, or stopped: it reads the files when it starts.
    say 'No sshd service is running now; the values hold as soon as one starts.'
    return
  fi
  if [ -n "${EDITED}" ] && [ -z "${UNFINISHED}" ]; then
    say "${EDITED} was edited after sshd had started; the restart puts that into force as well."
  fi
  RESTARTED=yes
  problem=$(service restart "${UNIT}") || fail restart "systemctl restart ${UNIT} failed. ${problem}"
  is_up || fail restart "After its restart ${UNIT} is not active or does not answer."
  say "${UNIT}.service was restarted; sessions that are open keep the values that they began with."
}

restore() {
  undone=0
  if [ -n "${CHANGED_CONFIG}" ]; then put_back "${REAL}" "${JOURNAL}" || undone=1; fi
  if [ -n "${CHANGED_DROPIN}" ]; then put_back "${DROPIN}" "${DROPIN_JOURNAL}" || undone=1; fi
  if [ -n "${RESTARTED}" ]; then
    # systemd refuses more than 5 starts in 10 s, failed ones included.
    service reset-failed "${UNIT}" >/dev/null
    if ! service restart "${UNIT}" >/dev/null || ! is_up; then undone=1; fi
  fi
  if [ "${undone}" = 0 ] && [ -n "${LOCKED}" ]; then close_journals; fi
  return "${undone}"
}

# --- The three actions

require_restartable() { # a restart must not do more than this run is for
  if [ -z "${UNIT}" ] && [ -n "${LISTENER}" ]; then
    fail service 'The running sshd is not the service sshd or ssh, so it cannot be restarted here.'
  fi
  if [ -n "${UNIT}" ] && greets; then GREETED=yes; fi
  if [ -n "${UNIT}" ] && [ -z "${GREETED}" ] && [ -n "${EDITED}" ]; then
    say "${EDITED} was edited after sshd had started, and nobody answers at ${LISTEN}, where it now says that sshd listens."
    fail edited 'Restart sshd or undo the edit, then run this again.'
  fi
}

begin_change() {
  for command in awk cp expr flock grep ln mkdir mv rm sed sha256sum sleep stat systemctl timeout; do
    command -v "${command}" >/dev/null || fail commands "The command ${command} is missing."
  done
  if ! take_lock; then
    ask_sshd "${CONFIG}" || fail_as_sshd_says config 'sshd refuses its configuration'
    read_listener
  fi
  LOCKED=yes
  for file in "${DROPIN}" "${BACKUP}"; do
    # mv would move into it, also behind a link.
    if [ -d "${file}" ]; then fail write "${file} is a directory."; fi
  done
  clear_journals
  inspect_config
  find_unit
  require_restartable
  read_other_settings
  BEFORE=${OTHERS}
}

holds_now() { # sshd's word on the files as they are now
  ask_sshd "${CONFIG}" || return 1
  read_other_settings
  is_as_wanted && [ "${OTHERS}" = "${BEFORE}" ]
}

commit() { # VERDICT REASON: the change holds, whatever becomes of the tidying up
  trap '' HUP INT TERM
  VERDICT=$1 REASON=$2
  trap 'finish "${VERDICT}" "${REASON}" 0' EXIT
}

apply() {
  refuse_command_line
  if is_as_wanted && ! is_unfinished; then
    report_match_blocks
    report_edited
    finish unchanged as-wanted 0
  fi
  begin_change
  if is_as_wanted && [ -z "${UNFINISHED}" ]; then
    # The run that this one waited for has done it.
    finish unchanged as-wanted 0
  fi
  if ! is_as_wanted; then
    prepare_config "${BLOCK}"
    is_as_wanted || fail_as_overridden
    if ! has_block && takes_dropins; then
      replace_dropin
      if ! holds_now; then
        withdraw_dropin
        replace_config
      fi
    else
      replace_config
    fi
    holds_now || fail_as_overridden
  fi
  restart
  # Where our setting is; a value can come from somebody else's line that says the same.
  if [ -n "${CHANGED_DROPIN}" ]; then WHERE=${DROPIN}; elif [ -n "${CHANGED_CONFIG}" ]; then WHERE=${CONFIG}; fi
  commit changed "${UNFINISHED:+resumed-}applied"
  say "sshd asks a silent client for a sign of life every ${WANTED} seconds, up to ${WANTED_COUNT_MAX} times"
  say "(before: every ${WAS%/*} seconds, ${WAS#*/} times; 0 seconds is never)."
  report_match_blocks
  keep_backup || say "No backup could be kept as ${BACKUP}."
  close_journals || say "${JOURNAL} could not be removed; the next run does it."
  exit 0
}

check() {
  refuse_command_line
  report_match_blocks
  report_edited
  if is_unfinished; then
    say 'An earlier run was killed, perhaps before it restarted sshd. Apply completes it.'
    finish drifted unfinished 1
  fi
  if is_as_wanted; then finish compliant as-wanted 0; fi
  say "sshd answers ClientAliveInterval ${INTERVAL} and ClientAliveCountMax ${COUNT_MAX};"
  say "${WANTED} and ${WANTED_COUNT_MAX} are wanted."
  finish drifted values 1
}

finish_absent() {
  WANTED=${INTERVAL} WANTED_COUNT_MAX=${COUNT_MAX}
  finish removed absent 0
}

remove() {
  grep -q cdk-ssh-keepalive "${REAL}"
  # 1 is "not found"; anything else but 0 is no answer.
  if [ $? = 1 ] && ! [ -e "${DROPIN}" ] && ! is_unfinished; then finish_absent; fi
  begin_change
  if ! [ -e "${DROPIN}" ] && ! has_block && [ -z "${UNFINISHED}" ]; then finish_absent; fi
  if has_block; then
    prepare_config ''
    prefer_backup
    replace_config
  fi
  if [ -e "${DROPIN}" ]; then remove_dropin; fi
  ask_sshd "${CONFIG}" || fail_as_sshd_says candidate 'sshd refuses the configuration without our setting'
  restart
  WANTED=${INTERVAL} WANTED_COUNT_MAX=${COUNT_MAX}
  commit removed removed
  rm -f "${BACKUP}" || say "${BACKUP} could not be removed."
  close_journals || say "${JOURNAL} could not be removed; the next run does it."
  exit 0
}

main() {
  # A shell that cannot fork ends at once, so the end is trapped as well.
  trap 'fail interrupted "The run was interrupted."' EXIT HUP INT TERM
  read_parameters
  [ -x "${SSHD}" ] || fail sshd "${SSHD} is missing: there is no OpenSSH server here."
  ask_sshd "${CONFIG}" || fail_as_sshd_says config 'sshd refuses its configuration as it is, so it is left alone'
  WAS=${INTERVAL}/${COUNT_MAX}
  if [ -L "${CONFIG}" ]; then REAL=$(readlink -f "${CONFIG}"); fi
  JOURNAL=${REAL%/*}/.cdk-ssh-keepalive
  BACKUP=${REAL%/*}/.${REAL##*/}.before-cdk-ssh-keepalive
  read_listener
  case ${SSM_Action} in Apply) apply ;; Check) check ;; *) remove ;; esac
}

main

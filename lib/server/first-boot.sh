# cdk-ssh-keepalive first boot: sets the keepalive of sshd; never ends the user data, and keeps its $?
cdk_ssh_keepalive_status=$?
(
  set +euC
  umask 077
  interval=60
  count_max=120
  sshd=/usr/sbin/sshd
  config=/etc/ssh/sshd_config
  dropin=/etc/ssh/sshd_config.d/00-cdk-ssh-keepalive.conf
  journal=/etc/ssh/.cdk-ssh-keepalive

  # One echo: all lines or none.
  print_block() {
    echo "# BEGIN cdk-ssh-keepalive
ClientAliveInterval ${interval}
ClientAliveCountMax ${count_max}
# END cdk-ssh-keepalive"
  }

  # sshd accepts it with both values; 7.4 needs -C.
  is_right() {
    timeout 20 "${sshd}" -T -C user=k,host=k,addr=192.0.2.1,laddr=192.0.2.2,lport=22 -f "$1" >"${journal}/settings" &&
      [ "$(grep -ciEx "clientalive(interval ${interval}|countmax ${count_max})" "${journal}/settings")" = 2 ]
  }

  # A power cut could empty it.
  put_in_place() {
    dd if=/dev/null of="$1" conv=notrunc,fsync && mv "$1" "$2" && dd if=/dev/null of="$2" conv=notrunc,fsync
  }

  service() {
    timeout 200 systemctl "$@" 9>&-
  }

  change() {
    ln "${config}" "${journal}/old" && cp -a "${config}" "${journal}/new" || return
    { print_block && cat "${config}"; } >"${journal}/new" && is_right "${journal}/new" || return
    # A drop-in needs its Include to come first.
    if ! { grep -m1 '^[^# ]' "${config}" | grep -qi '^include.*sshd_config\.d/' && print_block >"${journal}/dropin" &&
      put_in_place "${journal}/dropin" "${dropin}" && is_right "${config}"; }; then
      rm -f "${dropin}"
      # Unless edited.
      [ "$(print_block; cat "${config}")" = "$(cat "${journal}/new")" ] || return
      put_in_place "${journal}/new" "${config}"
    else
      # Later, this would change its ctime.
      rm "${journal}/old"
    fi
    for unit in ssh sshd; do
      systemctl is-active "${unit}" 9>&- || continue
      service restart "${unit}" && service is-active "${unit}" && return
      rm -f "${dropin}"
      [ -e "${journal}/new" ] || mv "${journal}/old" "${config}"
      service reset-failed "${unit}"
      service restart "${unit}"
    done
  }

  exec 9>>/run/cdk-ssh-keepalive.lock
  flock -w 100 9 || exit
  # Links, and what is ours, are left to the association.
  [ "$(stat -c %h%F "${config}")" = '1regular file' ] || exit
  grep -qs cdk-ssh-keepalive "${config}" "${dropin}" && exit
  mkdir "${journal}" || exit
  "${sshd}" -t 2>&1 | grep -q 'privilege separation directory' && mkdir -m 755 /run/sshd
  is_right "${config}" || change
  rm -rf "${journal}"
) >/dev/null 2>&1 || :
(exit "${cdk_ssh_keepalive_status}") && :

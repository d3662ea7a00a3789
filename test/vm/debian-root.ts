// The files of a Debian machine with systemd, cloud-init and an OpenSSH server, as a tar archive. It is made once and cached.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

export type Suite = 'bookworm' | 'trixie';

/** Where images and archives are cached. */
export const CACHE = join(__dirname, '..', '..', '.cache', 'vm');

const PACKAGES = [
  ...['cloud-init', 'dbus', 'openssh-server', 'systemd-sysv'],
  ...['initramfs-tools', 'linux-image-cloud-amd64', 'lz4'],
  // What the tests use.
  ...['iproute2', 'procps'],
];

/** The port of a shell that runs what it reads, without sshd. */
export const SHELL_PORT = 2222;

/** An openssh-server of the same version whose sshd_config has one more line, for `dpkg --install`. */
export const NEWER_SSHD_PACKAGE = '/root/openssh-server.deb';

/** Units that neither ssh nor the user data needs. */
const LEFT_OUT = [
  ...['getty@tty1.service', 'serial-getty@ttyS0.service'],
  ...['proc-sys-fs-binfmt_misc.automount', 'systemd-binfmt.service'],
  ...['modprobe@drm.service', 'modprobe@efi_pstore.service'],
];

// Shell scripts that get the root folder as $1.
const BEFORE_PACKAGES = `
mkdir -p "$1/etc/initramfs-tools/conf.d"
printf 'MODULES=list\\nCOMPRESS=lz4\\n' >"$1/etc/initramfs-tools/conf.d/vm"
printf '%s\\n' virtio_pci virtio_blk ext4 xfs >"$1/etc/initramfs-tools/modules"
`;
const AFTER_PACKAGES = `set -e
cd "$1/root"
APT_CONFIG=$MMDEBSTRAP_APT_CONFIG apt-get -q download openssh-server
dpkg-deb -R openssh-server_*.deb package
rm openssh-server_*.deb
echo '# A line of a newer package.' >>package/usr/share/openssh/sshd_config
dpkg-deb -Zgzip -z1 -b package .${NEWER_SSHD_PACKAGE.replace('/root', '')}
rm -r package

cat >"$1/etc/systemd/network/eth0.network" <<'END'
[Match]
Name=eth0
[Network]
Address=10.0.2.15/24
END
# One service for all commands: on an emulated machine, starting a unit takes as long as the command itself.
cat >"$1/root/shell.py" <<'END'
import socket
import subprocess

server = socket.create_server(("", ${SHELL_PORT}))
while True:
    connection, _ = server.accept()
    with connection:
        subprocess.Popen(["/bin/sh"], stdin=connection, stdout=connection)
END
cat >"$1/etc/systemd/system/shell.service" <<'END'
[Service]
ExecStart=/usr/bin/python3 /root/shell.py
OOMPolicy=continue
Restart=always
END
mkdir -p "$1/etc/systemd/system/multi-user.target.wants"
ln -s /lib/systemd/system/systemd-networkd.service ../shell.service "$1/etc/systemd/system/multi-user.target.wants/"
# What is not about ssh and user data is left out, because emulated machines are slow.
cat >"$1/etc/cloud/cloud.cfg.d/99_vm.cfg" <<'END'
datasource_list: [NoCloud]
network: {config: disabled}
disable_root: false
ssh_genkeytypes: [ed25519]
cloud_init_modules: [bootcmd, write-files, set_hostname, users-groups, ssh]
cloud_config_modules: [runcmd]
cloud_final_modules: [scripts-user, final-message]
END
rm -f "$1"/etc/systemd/system/timers.target.wants/*
for unit in ${LEFT_OUT.join(' ')}; do
  ln -s /dev/null "$1/etc/systemd/system/$unit"
done
# Files of /usr are up to date: no ldconfig at the first boot.
touch "$1/etc/.updated" "$1/var/.updated"
mkdir -p "$1/var/log/journal"
`;
const DEFINITION = createHash('sha256')
  .update([PACKAGES, BEFORE_PACKAGES, AFTER_PACKAGES].join())
  .digest('hex')
  .slice(0, 8);

/** The archive, from the cache or, the first time, from Debian's packages. Another definition makes another archive. */
export function debianRoot(suite: Suite): string {
  const archive = join(CACHE, `${suite}-${DEFINITION}.tar`);
  if (existsSync(archive)) return archive;
  mkdirSync(CACHE, { recursive: true });
  const excluded = ['doc', 'i18n', 'locale', 'man'].map((folder) => `--dpkgopt=path-exclude=/usr/share/${folder}/*`);
  // Another test file can need the same at the same time. The archive appears whole or not at all.
  const once = 'if [ ! -e "$0" ]; then trap \'rm -f "$0.partial"\' EXIT; "$@" && mv "$0.partial" "$0"; fi';
  run('flock', [
    ...[`${archive}.lock`, 'sh', '-c', once, archive],
    ...['mmdebstrap', '--mode=root', '--variant=minbase', '--quiet', `--include=${PACKAGES.join()}`],
    ...['--dpkgopt=force-unsafe-io', ...excluded],
    ...[`--essential-hook=${BEFORE_PACKAGES}`, `--customize-hook=${AFTER_PACKAGES}`, '--format=tar'],
    ...[suite, `${archive}.partial`, debianArchive()],
  ]);
  return archive;
}

/** Debian's archive as this machine's apt knows it, which can be a mirror. */
function debianArchive(): string {
  const sources = run('apt-get', ['indextargets', '--format', '$(REPO_URI)', 'Identifier: Packages']).split('\n');
  return sources.find((uri) => /\/debian\/?$/.test(uri)) ?? 'http://deb.debian.org/debian';
}

function run(program: string, args: readonly string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

// What to do on a machine without OpenSSH's client.
import { CliError } from './exit-code';

const INSTALL: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'It is part of macOS: add /usr/bin to the PATH.',
  linux:
    'Install it: apt install openssh-client (Debian, Ubuntu), dnf install openssh-clients (Amazon Linux, Fedora, RHEL), ' +
    'zypper install openssh-clients (SUSE), apk add openssh-client (Alpine), pacman -S openssh (Arch).',
  win32:
    'Install it: winget install Git.Git, or in PowerShell as administrator: ' +
    'Add-WindowsCapability -Online -Name OpenSSH.Client~~~~0.0.1.0.',
};

/** The error for a machine on which `ssh` cannot be found. */
export function missingSsh(os: NodeJS.Platform, purpose = 'to check the file'): CliError {
  return new CliError(
    `ssh: not found on the PATH, and needed ${purpose}. ${INSTALL[os] ?? "Install OpenSSH's client."}`,
  );
}

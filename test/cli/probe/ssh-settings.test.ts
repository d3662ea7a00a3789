// What the probe reads from `ssh -G`.
import { type SshSettings, readSshSettings } from '../../../bin/cli/probe/connections/ssh-settings';
import { thisPlatform } from '../../../bin/cli/shared/platform';

function settingsOf(stdout: string, status = 0, stderr = ''): Promise<SshSettings> {
  return readSshSettings('web', [], { ...thisPlatform(), run: () => Promise.resolve({ status, stdout, stderr }) });
}

it('overrides what leaves a session without its command, its input or its output', async () => {
  const { overrides } = await settingsOf(
    'remotecommand cat\nsessiontype none\nstdinnull yes\nforkafterauthentication yes\n',
  );
  expect(overrides.filter((option) => option !== '-o')).toEqual([
    'RemoteCommand=none',
    'SessionType=default',
    'StdinNull=no',
    'ForkAfterAuthentication=no',
  ]);
});

it('gives no option that ssh need not know', async () => {
  expect((await settingsOf('hostname web\n')).overrides).toEqual([]);
  expect((await settingsOf('sessiontype default\nstdinnull no\n')).overrides).toEqual([]);
});

it('explains a configuration that ssh refuses', async () => {
  await expect(settingsOf('', 255, 'Cannot fork into background without a command to execute.\r\n')).rejects.toThrow(
    'got: Cannot fork into background without a command to execute. Correct it first.',
  );
});

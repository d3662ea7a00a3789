// What instances print is untrusted: it steers no terminal, fills no screen, and is no formula.
import { TestFleet } from './fleet';

let fleet: TestFleet;
beforeEach(async () => void (fleet = await TestFleet.start()));
afterEach(() => fleet.stop());

const verdict = (where: string): string =>
  `cdk-ssh-keepalive verdict=compliant interval=60 countmax=120 was=60/120 where=${where} sshd=9.2p1 reason=already-correct\n`;

test('control characters and long lines of instances are escaped and cut, in every format', async () => {
  const evil = `\x1b[2J\x1b]0;title\x07${'x'.repeat(5000)}\u202egnp.exe`;
  fleet.add(1, { output: evil }, { computerName: `web\x1b[31m\n${evil}` });
  fleet.add(2, { output: verdict(`/etc/\x9b31m\x1b[0m`) });
  for (const format of ['', ' --json', ' --csv', ' --all']) {
    const { stdout, stderr } = await fleet.run(`check --yes${format}`);
    // eslint-disable-next-line no-control-regex
    expect(stdout + stderr).not.toMatch(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e]/);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThan(600);
    expect(stdout).toContain('\\u001b[2J'.replace('\\', format === ' --json' ? '\\\\' : '\\'));
  }
});

test('only the first line of output is a verdict', async () => {
  fleet.add(1, { output: `something\n${verdict('/etc/ssh/sshd_config')}` });
  fleet.add(2, { output: verdict('/etc/ssh/sshd_config').replace('interval=60', 'interval=0;rm') });
  expect((await fleet.json('check --yes')).totals).toEqual({ skipped: 2 });
});

test('--csv has a header, quotes, and no formulas', async () => {
  fleet.add(1, { interval: 0, countMax: 3 }, { computerName: '=cmd|"/c calc",x' });
  const { status, stdout, stderr } = await fleet.run('check --yes --csv');
  expect([status, stderr]).toEqual([1, '']);
  const [header, row, end] = stdout.split('\r\n');
  expect(header).toBe(
    'id,name,state,detail,construct,platform,agent,ping,lastPing,at,interval,countMax,was,where,sshd,reason',
  );
  expect(row).toContain(
    `,"'=cmd|""/c calc"",x",drifted,"was 0/3, desired 60/120 (values)",Web/SshKeepalive,Amazon Linux,`,
  );
  expect(end).toBe('');
});

test('--json has the verdict of each node, and totals', async () => {
  fleet.add(1);
  const report = await fleet.json('check --yes');
  expect(report).toMatchObject({
    command: 'check',
    region: 'eu-west-1',
    ok: true,
    totals: { correct: 1 },
    nodes: [{ state: 'correct', ping: 'online', verdict: { verdict: 'compliant', was: '60/120', sshd: '9.2p1' } }],
  });
});

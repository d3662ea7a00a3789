// Wrong usage of `fleet`: exit 2, what is wrong, and what to do; nothing is read or sent.
import { TestFleet } from './fleet';

let fleet: TestFleet;
beforeAll(async () => void (fleet = await TestFleet.start()));
afterAll(() => fleet.stop());

test.each([
  ['status --stack Web --document X', '--stack and --document: cannot be combined'],
  ['status --json --csv', '--json and --csv: cannot be combined'],
  ['status --stack 1x', "--stack: must be the name of a stack, got: '1x'. For example --stack Web."],
  ['status --document a', '--document: must be the name of a document'],
  ['status --region nowhere!', '--region'],
  ['check', 'cannot prompt. Nothing was sent. Pass --yes, or --dry-run'],
  ['check --json', '--json: does not prompt'],
  ['check --yes --dry-run', '--yes and --dry-run: cannot be combined'],
  ['check --yes --tag a', "--tag: must be KEY=VALUE, got: 'a'"],
  ['check --yes --tag a=1 b=2 c=3 d=4 e=5 f=6', '--tag: must have at most 5 keys, got: 6'],
  [
    'check --yes --tag a=b --instance-ids i-1',
    '--tag and --instance-ids: cannot be combined, both name the targets. Give one of them.',
  ],
  ['check --yes --instance-ids web', "--instance-ids: must be ids of nodes, got: 'web'"],
  ['check --yes --instance-ids ,', "--instance-ids: must be ids of nodes, got: ','. For example i-0123456789abcdef0."],
  ['check --yes --instance-ids ', "--instance-ids: must be ids of nodes, got: ''. For example i-0123456789abcdef0."],
  ['check --yes --targets-file none.json', 'none.json: cannot be read, got: ENOENT'],
  ['check --targets-file -', '--targets-file -: stdin has the targets, so the prompt cannot be answered'],
  ['check --yes --max-concurrency 0', '--max-concurrency: must be a number from 1'],
  ['apply --yes --max-errors 101%', '--max-errors: must be a number from 0'],
  ['apply --yes --delivery-timeout 29', "--delivery-timeout: must be seconds from 30 to 2592000, got: '29'"],
  ['check --command-id x', '--command-id: must be the id of a command'],
  ['check --csv', '--csv: does not prompt. Pass --yes.\n'],
  ['check --dry-run --csv', '--csv and --dry-run: cannot be combined'],
])("'fleet %s'", async (line, message) => {
  const { status, stdout, stderr } = await fleet.run(line);
  expect([status, line.includes('--json') ? stdout : stderr]).toEqual([2, expect.stringContaining(message) as string]);
  expect(fleet.fake.count('SendCommand')).toBe(0);
});

test.each(['--tag a', '--instance-ids web', '--targets-file none.json', '--targets-file /etc/passwd'])(
  'wrong targets are refused before the service is called: %s',
  async (targets) => {
    const before = fleet.fake.count('ListDocuments');
    expect((await fleet.run(`check --yes ${targets}`)).status).toBe(2);
    expect(fleet.fake.count('ListDocuments')).toBe(before);
  },
);

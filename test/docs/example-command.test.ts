// `npm run example` synthesizes an example from a clone.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { EXAMPLES } from '../examples/examples';
import { ROOT } from './pages';

function example(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [join(ROOT, 'scripts', 'example.mjs'), ...args], { encoding: 'utf8' });
}

describe('npm run example', () => {
  it('prints the template of an example', () => {
    const { status, stdout } = example('imported-instances', 'synth', '--json', '--output', '.cache/cdk.out');
    const { Resources } = JSON.parse(stdout) as { Resources: Record<string, { Type: string }> };
    expect([status, Object.values(Resources).map(({ Type }) => Type)]).toEqual([
      0,
      expect.arrayContaining(['AWS::SSM::Document', 'AWS::SSM::Association']),
    ]);
  });

  it('lists the examples without a name, and where the name is wrong', () => {
    const [list, wrong] = [example(), example('bastion')];
    expect([list.status, wrong.status]).toEqual([0, 2]);
    expect(wrong.stderr).toContain("got: 'bastion'");
    for (const name of EXAMPLES)
      expect(list.stderr + wrong.stderr).toMatch(new RegExp(`^  ${name}$[^]*^  ${name}$`, 'm'));
  });
});

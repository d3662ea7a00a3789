// A machine that is booted once, up to its user data; every test continues from there.
import { type SavedDeployment, bootToUserData } from './deployed-machine';
import type { Suite } from './debian-root';
import { type FileSystem, diskImage } from './disk-image';
import { describeWithMachines } from './requirements';
import { synthesizeInstance } from './user-data';
import type { SavedMachine } from './virtual-machine';

jest.setTimeout(1_200_000);

/** Groups of tests of one suite on one file system. */
export function describeMachine(
  suite: Suite,
  fileSystem: FileSystem,
  ...groups: readonly ((saved: SavedDeployment) => void)[]
): void {
  describeWithMachines(`A machine with Debian ${suite} on ${fileSystem}`, () => {
    const deployment = synthesizeInstance();
    let waiting: SavedMachine | undefined;
    beforeAll(async () => {
      waiting = await (await bootToUserData(diskImage({ suite, fileSystem }), deployment)).save();
    });
    const resume: SavedDeployment['resume'] = () => {
      if (!waiting) throw new Error('The machine did not boot.');
      return waiting.resume();
    };
    for (const test of groups) test({ suite, fileSystem, deployment, resume });
  });
}

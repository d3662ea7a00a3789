// A machine of a suite with the scripts on it, and what stands for systemctl.
import { SuiteMachine } from './suite-machine';
import { bringScripts } from './suite-script';
import { bringSystemctl } from './suite-systemctl';
import type { Suite } from './suites';

export async function startScriptedMachine(suite: Suite, systemctl: 'idle' | 'real'): Promise<SuiteMachine> {
  const machine = await SuiteMachine.start(suite);
  bringScripts(machine);
  bringSystemctl(machine, systemctl);
  return machine;
}

// A file for each suite, so that they run side by side.
import { describeMachine } from './describe-machine';
import { testMachine } from './machine-tests';
import { testPowerCuts } from './power-cut-tests';

describeMachine('bookworm', 'ext4', testMachine, testPowerCuts);

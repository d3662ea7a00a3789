// A file for each suite, so that they run side by side.
import { testMachine } from './machine-tests';
import { testPowerCuts } from './power-cut-tests';

testMachine('bookworm', 'ext4', testPowerCuts);

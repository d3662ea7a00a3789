// A file for each suite, so that they run side by side.
import { testMachine } from './machine-tests';

testMachine('trixie', 'xfs');

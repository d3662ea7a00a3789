// A file for each suite, so that they run side by side. The tests of the service are in one of them, because they differ by
// systemd alone.
import { testMachine } from './machine-tests';
import { testPowerCuts } from './power-cut-tests';
import { testService } from './service-tests';

testMachine('trixie', 'xfs', testService, testPowerCuts);

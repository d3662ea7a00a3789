// On one suite, because these tests differ by systemd alone; in a file of its own, beside the others.
import { describeMachine } from './describe-machine';
import { testService } from './service-tests';

describeMachine('trixie', 'xfs', testService);

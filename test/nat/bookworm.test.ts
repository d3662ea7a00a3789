// A file for each OpenSSH, so that they run side by side.
import { testNat } from './nat-tests';

testNat('bookworm');

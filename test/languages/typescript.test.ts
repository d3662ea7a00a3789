// A file for each language, so that they run side by side.
import { testLanguage } from './language';

testLanguage('typescript');

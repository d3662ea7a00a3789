// `npm run lint:workflows`: checks .github/ with actionlint and zizmor. Both are built or installed once below .cache/.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CACHE = join(ROOT, '.cache', 'lint-workflows');
const ACTIONLINT = '1.7.12';
const ZIZMOR = '1.32.0';

function run(program, args, options = {}) {
  const { status, error } = spawnSync(program, args, { cwd: ROOT, stdio: 'inherit', ...options });
  if (error) fail(`${program} cannot be run, got: ${error.message}. Install it.`);
  return status;
}

function must(program, args, options) {
  const status = run(program, args, options);
  if (status !== 0) fail(`${program} ${args.join(' ')} failed, exit code: ${status}. Read its output above.`);
}

function fail(message) {
  console.error(`npm run lint:workflows: ${message}`);
  process.exit(1);
}

function actionlint() {
  const folder = join(CACHE, `actionlint-${ACTIONLINT}`);
  const program = join(folder, 'actionlint');
  if (!existsSync(program)) {
    const env = {
      ...process.env,
      GOBIN: folder,
      GOFLAGS: '-modcacherw',
      GOMODCACHE: join(ROOT, '.cache', 'go', 'modules'),
    };
    must('go', ['install', `github.com/rhysd/actionlint/cmd/actionlint@v${ACTIONLINT}`], { env });
  }
  return program;
}

function zizmor() {
  const folder = join(CACHE, `zizmor-${ZIZMOR}`);
  const program = join(folder, 'bin', 'zizmor');
  if (!existsSync(program)) {
    must('python3', ['-m', 'venv', folder]);
    must(join(folder, 'bin', 'pip'), ['install', '--quiet', `zizmor==${ZIZMOR}`]);
  }
  return program;
}

const results = [
  run(actionlint(), []),
  // Offline, because online it needs a token; Dependabot reports outdated and vulnerable actions.
  run(zizmor(), ['--offline', '--no-progress', '--quiet', '--persona', 'pedantic', '.github']),
];
process.exit(results.every((status) => status === 0) ? 0 : 1);

// A jest reporter that prints the ten slowest test files, so that a slow test is noticed when it is added.
const COUNT = 10;

export default class SlowestFiles {
  onRunComplete(_contexts, { testResults }) {
    if (testResults.length <= COUNT) return;
    const files = testResults.map(({ testFilePath, perfStats }) => ({
      path: testFilePath.slice(process.cwd().length + 1),
      seconds: (perfStats.end - perfStats.start) / 1000,
    }));
    const slowest = files.sort((a, b) => b.seconds - a.seconds).slice(0, COUNT);
    const lines = slowest.map(({ path, seconds }) => `  ${seconds.toFixed(1).padStart(6)} s  ${path}`);
    process.stderr.write(`\nSlowest ${COUNT} of ${files.length} test files:\n${lines.join('\n')}\n`);
  }
}

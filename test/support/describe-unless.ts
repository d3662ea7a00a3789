// A group of tests whose need is not met is skipped by name, with the reason; where CI=true nothing may be skipped unseen, so
// there it fails.

/** As `describe` where there is no reason against it. */
export function describeUnless(reason: string | undefined, name: string, tests: () => void): void {
  if (reason === undefined) return describe(name, tests);
  // Not even collected: what the group calls for that may already fail on this machine.
  if (process.env.CI !== 'true') {
    return describe.skip(`${name} [skipped: ${reason}]`, () => it('is not run', () => undefined));
  }
  describe(name, () => {
    it('has what it needs of this machine', () => {
      throw new Error(reason);
    });
  });
}

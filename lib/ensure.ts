/** What the associations see to. */
export enum Ensure {
  /** The settings hold: they are applied, and drift is corrected on the schedule. */
  PRESENT = 'Present',

  /**
   * The settings are gone: drop-in and block are removed, sshd_config is what it was.
   *
   * Deploy this before you delete the construct, which by itself leaves the instances as they are.
   */
  ABSENT = 'Absent',

  /** Nothing is changed: an instance whose settings differ is reported as non-compliant. */
  CHECK_ONLY = 'CheckOnly',
}

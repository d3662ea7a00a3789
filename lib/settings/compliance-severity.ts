/**
 * The severity of non-compliance that SSM Compliance reports.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/compliance-about.html
 */
export enum ComplianceSeverity {
  /** Critical. */
  CRITICAL = 'CRITICAL',
  /** High. */
  HIGH = 'HIGH',
  /** Medium. */
  MEDIUM = 'MEDIUM',
  /** Low. */
  LOW = 'LOW',
  /** Unspecified. */
  UNSPECIFIED = 'UNSPECIFIED',
}

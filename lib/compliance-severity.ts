/**
 * How grave it is when the settings do not hold, as SSM Compliance shows it.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/compliance-about.html
 */
export enum ComplianceSeverity {
  /** Act now. */
  CRITICAL = 'CRITICAL',
  /** Act soon. */
  HIGH = 'HIGH',
  /** Plan to act. */
  MEDIUM = 'MEDIUM',
  /** Good to know. */
  LOW = 'LOW',
  /** Not said. */
  UNSPECIFIED = 'UNSPECIFIED',
}

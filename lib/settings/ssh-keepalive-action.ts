/**
 * What the associations do on the instances.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-state.html
 */
export enum SshKeepaliveAction {
  /** Applies the settings, and corrects drift on the schedule. */
  APPLY = 'Apply',

  /** Changes nothing, and reports instances with other settings as non-compliant. */
  CHECK = 'Check',

  /**
   * Removes the settings: the drop-in or the block in sshd_config.
   *
   * Deploy this before you delete the construct. Deleting it leaves the settings on the instances.
   */
  REMOVE = 'Remove',
}

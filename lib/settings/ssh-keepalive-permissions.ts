/**
 * The permissions that the roles of targeted instances get, so that the instances can run State Manager associations.
 *
 * An instance that can use Systems Manager can also be accessed by everybody who may use Run Command or Session Manager.
 * Only roles that the app creates are changed; for imported roles a warning lists the permissions that they need.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-instance-permissions.html
 */
export enum SshKeepalivePermissions {
  /** One inline policy with the actions that associations need and no others. */
  WORKING_SET = 'WorkingSet',

  /**
   * The AWS managed policy `AmazonSSMManagedInstanceCore`, which also allows `ssm:GetParameter` and
   * `ssm:GetParameters` on all resources.
   */
  MANAGED_POLICY = 'ManagedPolicy',

  /**
   * No permissions and no warning: the instances have what they need, for example from Default Host Management Configuration.
   *
   * Use this in accounts that rely on Default Host Management Configuration. An instance profile that allows Systems
   * Manager takes precedence over it.
   *
   * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-default-host-management-configuration.html
   */
  NONE = 'None',
}

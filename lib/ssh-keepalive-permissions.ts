/**
 * What the roles of targeted instances are given, so that the instances can run State Manager associations.
 *
 * Whatever lets a machine talk to Systems Manager also lets those who may use Run Command and Session Manager reach it.
 * Only roles that the app creates are changed; imported ones get a warning that lists what they need.
 */
export enum SshKeepalivePermissions {
  /** One inline policy with the actions that associations need and no others. */
  WORKING_SET = 'WorkingSet',

  /** AWS's `AmazonSSMManagedInstanceCore`, which also allows `ssm:GetParameter*` on everything. */
  MANAGED_POLICY = 'ManagedPolicy',

  /**
   * Nothing, and no warning: the instances have what they need, for example by Default Host Management Configuration.
   *
   * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-default-host-management-configuration.html
   */
  NONE = 'None',
}

// The event rule for instances on which an association fails.
import { type OnEventOptions, Rule } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import type { Associations } from './association';

/** EventBridge allows 2,048 characters for a pattern, of which an id takes 39. */
const MAX_ASSOCIATIONS = 45;

/**
 * Adds a rule for the associations, including those that are added later.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-systems-manager-event-examples.html#SSM-State-Manager-event-types
 */
export function addNonComplianceRule(
  scope: Construct,
  id: string,
  associations: Associations,
  { target, crossStackScope, ...props }: OnEventOptions,
): Rule {
  const rule = new Rule(crossStackScope ?? scope, id, props);
  rule.addEventPattern({
    source: ['aws.ssm'],
    detailType: ['EC2 State Manager Instance Association State Change'],
    detail: { 'association-id': associations.ids, status: ['Failed', 'TimedOut'] },
  });
  rule.addTarget(target);
  rule.node.addValidation({ validate: () => tooMany(rule, associations.count) });
  return rule;
}

function tooMany(rule: Rule, count: number): string[] {
  if (count <= MAX_ASSOCIATIONS) return [];
  return [
    `${rule.node.path}: an event pattern has space for ${MAX_ASSOCIATIONS} associations, got: ${count}. ` +
      'Use tags instead of instance ids, or more than one SshKeepalive.',
  ];
}

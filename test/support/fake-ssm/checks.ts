// The constraints of the service on the members of requests, as its API reference states them.
import { type Input, ServiceError } from './protocol';

type Check = (value: unknown) => string | undefined;

interface Member {
  readonly check: Check;
  readonly required?: true;
}

const text =
  (pattern: RegExp, maximum = Infinity): Check =>
  (value) => {
    if (typeof value !== 'string') return 'Member must be a string';
    if (value.length > maximum) return `Member must have length less than or equal to ${maximum}`;
    return pattern.test(value) ? undefined : `Member must satisfy regular expression pattern: ${pattern.source}`;
  };

const integer =
  (minimum: number, maximum: number): Check =>
  (value) => {
    if (!Number.isInteger(value)) return 'Member must be an integer';
    if (Number(value) < minimum) return `Member must have value greater than or equal to ${minimum}`;
    return Number(value) > maximum ? `Member must have value less than or equal to ${maximum}` : undefined;
  };

const boolean: Check = (value) => (typeof value === 'boolean' ? undefined : 'Member must be a boolean');

const list =
  (maximum: number, item: Check): Check =>
  (value) => {
    if (!Array.isArray(value)) return 'Member must be a list';
    if (value.length > maximum) return `Member must have length less than or equal to ${maximum}`;
    return value.map(item).find((complaint) => complaint !== undefined);
  };

const structure =
  (members: Readonly<Record<string, Check>>): Check =>
  (value) => {
    if (typeof value !== 'object' || value === null) return 'Member must be a structure';
    const input = value as Input;
    const unknown = Object.keys(input).find((name) => !(name in members));
    if (unknown !== undefined) return `Unknown member ${unknown}`;
    return Object.entries(members)
      .map(([name, check]) => check(input[name]))
      .find((complaint) => complaint !== undefined);
  };

const anything: Check = () => undefined;
const required = (check: Check): Member => ({ check, required: true });
const optional = (check: Check): Member => ({ check });

const INSTANCE_ID = text(/^(i-(\w{8}|\w{17})|mi-\w{17})$/);
const COMMAND_ID = text(/^.{36}$/);
const ASSOCIATION_ID = text(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
const DOCUMENT = text(/^[a-zA-Z0-9_\-.:/]{3,128}$/);
const TARGET = structure({
  Key: text(/^[\p{L}\p{Z}\p{N}_.:/=\-@]*$|resource-groups:ResourceTypeFilters|resource-groups:Name/u, 163),
  Values: list(50, text(/^/)),
});
const FILTER = structure({ Key: text(/^.+$/), Values: list(100, text(/^.+$/)) });
const page = (minimum: number, maximum: number): Member => optional(integer(minimum, maximum));
const token = optional(text(/^/));

/** By operation. */
const MEMBERS: Readonly<Record<string, Readonly<Record<string, Member>>>> = {
  SendCommand: {
    DocumentName: required(DOCUMENT),
    DocumentVersion: optional(text(/^([$]LATEST|[$]DEFAULT|[1-9][0-9]*)$/)),
    InstanceIds: optional(list(50, INSTANCE_ID)),
    Targets: optional(list(5, TARGET)),
    Parameters: optional(anything),
    Comment: optional(text(/^/, 100)),
    TimeoutSeconds: optional(integer(30, 2_592_000)),
    MaxConcurrency: optional(text(/^([1-9][0-9]*|[1-9][0-9]%|[1-9]%|100%)$/, 7)),
    MaxErrors: optional(text(/^([1-9][0-9]*|[0]|[1-9][0-9]%|[0-9]%|100%)$/, 7)),
  },
  CancelCommand: { CommandId: required(COMMAND_ID), InstanceIds: optional(list(50, INSTANCE_ID)) },
  ListCommands: {
    CommandId: optional(COMMAND_ID),
    InstanceId: optional(INSTANCE_ID),
    MaxResults: page(1, 50),
    NextToken: token,
    Filters: optional(
      list(
        5,
        structure({
          key: text(/^(InvokedAfter|InvokedBefore|Status|ExecutionStage|DocumentName)$/),
          value: text(/^.+$/, 128),
        }),
      ),
    ),
  },
  ListCommandInvocations: {
    CommandId: optional(COMMAND_ID),
    InstanceId: optional(INSTANCE_ID),
    MaxResults: page(1, 50),
    NextToken: token,
    Details: optional(boolean),
  },
  GetCommandInvocation: {
    CommandId: required(COMMAND_ID),
    InstanceId: required(INSTANCE_ID),
    PluginName: optional(text(/^.{4,}$/)),
  },
  ListDocuments: {
    Filters: optional(list(6, structure({ Key: text(/^.+$/, 128), Values: list(256, text(/^.+$/)) }))),
    MaxResults: page(1, 50),
    NextToken: token,
  },
  GetDocument: {
    Name: required(DOCUMENT),
    DocumentVersion: optional(text(/^([$]LATEST|[$]DEFAULT|[1-9][0-9]*)$/)),
    DocumentFormat: optional(text(/^(JSON|YAML|TEXT)$/)),
  },
  ListAssociations: {
    AssociationFilterList: optional(
      list(
        5,
        structure({
          key: text(
            /^(InstanceId|Name|AssociationId|AssociationStatusName|LastExecutedBefore|LastExecutedAfter|AssociationName|ResourceGroupName)$/,
          ),
          value: text(/^.+$/),
        }),
      ),
    ),
    MaxResults: page(1, 50),
    NextToken: token,
  },
  DescribeAssociation: { AssociationId: required(ASSOCIATION_ID) },
  DescribeAssociationExecutions: { AssociationId: required(ASSOCIATION_ID), MaxResults: page(1, 50), NextToken: token },
  DescribeAssociationExecutionTargets: {
    AssociationId: required(ASSOCIATION_ID),
    ExecutionId: required(ASSOCIATION_ID),
    MaxResults: page(1, 50),
    NextToken: token,
  },
  DescribeInstanceAssociationsStatus: { InstanceId: required(INSTANCE_ID), MaxResults: page(1, 50), NextToken: token },
  DescribeInstanceInformation: { Filters: optional(list(Infinity, FILTER)), MaxResults: page(5, 50), NextToken: token },
  ListResourceComplianceSummaries: { MaxResults: page(1, 50), NextToken: token },
  GetParametersByPath: {
    Path: required(text(/^\/[\w.-]+(\/[\w.-]+)*\/?$/, 2048)),
    Recursive: optional(boolean),
    MaxResults: page(1, 10),
    NextToken: token,
  },
  GetResources: {
    PaginationToken: token,
    ResourcesPerPage: optional(integer(1, 100)),
    ResourceTypeFilters: optional(list(100, text(/^[a-z0-9-]+(:[a-z0-9-]+)?$/))),
    TagFilters: optional(list(50, structure({ Key: text(/^.{1,128}$/), Values: list(20, text(/^/, 256)) }))),
  },
};

/** Whether the operation is one of those that are served here. */
export function isKnown(operation: string): boolean {
  return operation in MEMBERS;
}

/** @throws ServiceError for the first member that is missing, not known or not allowed */
export function checkInput(operation: string, input: Input): void {
  const members = MEMBERS[operation] ?? {};
  for (const [name, { check, required: isRequired }] of Object.entries(members)) {
    const value = input[name];
    if (value === undefined && !isRequired) continue;
    const complaint = value === undefined ? 'Member must not be null' : check(value);
    if (complaint === undefined) continue;
    // The service reports more than 50 ids as if it were too many requests.
    if (operation === 'SendCommand' && name === 'InstanceIds' && complaint.includes('less than or equal to 50')) {
      throw new ServiceError('ThrottlingException', 'Rate exceeded');
    }
    const member = `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
    throw new ServiceError(
      'ValidationException',
      `1 validation error detected: Value at '${member}' failed to satisfy constraint: ${complaint}`,
    );
  }
  const unknown = Object.keys(input).find((name) => !(name in members));
  if (unknown !== undefined) throw new ServiceError('ValidationException', `Unknown member ${unknown} of ${operation}`);
}

// All that the command line uses of the AWS SDK, and nothing of our own: it is bundled into a file beside the command
// line's, because reading it takes longer than Node.js takes to start, and most commands never need it.
export { ResourceGroupsTaggingAPIClient, paginateGetResources } from '@aws-sdk/client-resource-groups-tagging-api';
export {
  CancelCommandCommand,
  DescribeAssociationCommand,
  ListCommandsCommand,
  SSMClient,
  SendCommandCommand,
  paginateDescribeAssociationExecutionTargets,
  paginateDescribeAssociationExecutions,
  paginateDescribeInstanceAssociationsStatus,
  paginateDescribeInstanceInformation,
  paginateGetParametersByPath,
  paginateListAssociations,
  paginateListCommandInvocations,
  paginateListDocuments,
} from '@aws-sdk/client-ssm';

// All that the command line uses of the AWS SDK, and nothing of our own: it is bundled into a file beside the command
// line's, because reading it takes longer than Node.js takes to start, and most commands never need it.
export { SSMClient, paginateGetParametersByPath } from '@aws-sdk/client-ssm';

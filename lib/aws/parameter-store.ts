/** What is used of the client; see secrets-manager.ts. */
export { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';

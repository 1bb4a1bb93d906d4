/** The parts of the client that we use; see secrets-manager.ts. */
export { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';

/** What is used of the client. It is loaded when it is first needed; without this list, bundles would hold all of it. */
export {
  CreateSecretCommand,
  DeleteSecretCommand,
  GetSecretValueCommand,
  RestoreSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';

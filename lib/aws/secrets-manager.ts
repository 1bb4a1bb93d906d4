/**
 * The parts of the client that we use, loaded when first needed. Without this list, bundles would hold the whole
 * client.
 */
export {
  CreateSecretCommand,
  DeleteSecretCommand,
  GetSecretValueCommand,
  RestoreSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';

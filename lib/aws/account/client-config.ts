import type { AwsAccess } from '../find-endpoint.ts';

/** The configuration of a client of the AWS SDK; what is left out comes from the environment and the shared files. */
export const clientConfig = ({ region, profile, endpoint }: AwsAccess) => ({
  ...(region === undefined ? {} : { region }),
  ...(profile === undefined ? {} : { profile }),
  ...(endpoint === undefined ? {} : { endpoint }),
});

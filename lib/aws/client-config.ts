/** How to reach AWS. Values left out come from the environment and the shared configuration files. */
export interface AwsAccess {
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  /** The address of an emulator. */
  readonly endpoint?: string | undefined;
}

/** The configuration of a client of the AWS SDK; what is left out comes from the environment and the shared files. */
export const clientConfig = ({ region, profile, endpoint }: AwsAccess) => ({
  ...(region === undefined ? {} : { region }),
  ...(profile === undefined ? {} : { profile }),
  ...(endpoint === undefined ? {} : { endpoint }),
});

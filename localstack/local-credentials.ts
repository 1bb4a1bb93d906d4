/** Emulators of AWS take any credentials. If MiniStack checks rights, these may do everything. */
export const LOCAL_CREDENTIALS = {
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_REGION: 'us-east-1',
} as const;

/** The configuration of AWS SDK clients for the emulator. */
export const localAccess = (endpoint: string) => ({
  endpoint,
  region: LOCAL_CREDENTIALS.AWS_REGION,
  credentials: {
    accessKeyId: LOCAL_CREDENTIALS.AWS_ACCESS_KEY_ID,
    secretAccessKey: LOCAL_CREDENTIALS.AWS_SECRET_ACCESS_KEY,
  },
});

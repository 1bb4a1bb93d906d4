import { apiRegion } from '../api-region.ts';

/** What is known of where a deployment is. */
export interface Whereabouts {
  /** The address of its API. */
  readonly api: string;
  /** The address of an emulator of AWS, if one is configured. */
  readonly awsEndpoint: string | undefined;
  /** Does the API want signed requests? Then it is in AWS, also behind a name of the user's own. */
  readonly isSigned: boolean;
  /** The region that the AWS tools would take. */
  readonly region: () => Promise<string>;
}

/** Where CloudWatch keeps the metrics of the deployment; undefined if it is not in AWS. */
export async function monitoringUrl({ api, awsEndpoint, isSigned, region }: Whereabouts): Promise<URL | undefined> {
  if (awsEndpoint !== undefined) return new URL(awsEndpoint);
  const named = apiRegion(new URL(api));
  if (named === undefined && !isSigned) return undefined;
  const usual = named ?? (await region());
  return new URL(`https://monitoring.${usual}.amazonaws.com${usual.startsWith('cn-') ? '.cn' : ''}`);
}

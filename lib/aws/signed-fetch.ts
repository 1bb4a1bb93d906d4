import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { SignatureV4 } from '@smithy/signature-v4';
import { type AwsAccess, clientConfig } from './client-config.ts';

export interface SignedRequest {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

export type SignedFetch = (url: URL, request: SignedRequest) => Promise<Response>;

type Access = Pick<AwsAccess, 'region' | 'profile'>;

/** Any client of the SDK finds credentials and region. This one sends no request. */
const found = ({ region, profile }: Access) => new CloudFormationClient(clientConfig({ region, profile })).config;

/** The region that the AWS tools would take. */
export const usualRegion = (access: Access): Promise<string> => found(access).region();

/** Sends signed requests, usually to an HTTP API with `aws_iam`. Finds credentials as the AWS tools do. */
export function createSignedFetch(
  access: Access = {},
  service: 'execute-api' | 'monitoring' = 'execute-api',
): SignedFetch {
  const config = found(access);
  return async (url, { method, headers = {}, body, signal }) => {
    const region = regionOf(url) ?? (await config.region());
    const signer = new SignatureV4({
      service,
      region,
      credentials: config.credentials,
      sha256: config.sha256,
    });
    const signed = await signer.sign(toSign(url, method, headers, body));
    return fetch(url, {
      method,
      headers: signed.headers,
      ...(body === undefined ? {} : { body }),
      ...(signal === undefined ? {} : { signal }),
    });
  };
}

/** The region in a host name of AWS, which the signature must name. */
const regionOf = ({ hostname }: URL): string | undefined =>
  /(?:\.execute-api|^monitoring)\.([^.]+)\.amazonaws\./u.exec(hostname)?.[1];

const toSign = (url: URL, method: string, headers: Readonly<Record<string, string>>, body: string | undefined) => ({
  method,
  protocol: url.protocol,
  hostname: url.hostname,
  path: url.pathname,
  query: Object.fromEntries(url.searchParams),
  headers: { ...headers, host: url.host },
  ...(url.port === '' ? {} : { port: Number(url.port) }),
  ...(body === undefined ? {} : { body }),
});

import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsAccess } from './client-config.ts';

export interface SignedRequest {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

export type SignedFetch = (url: URL, request: SignedRequest) => Promise<Response>;

/** Sends signed requests to an HTTP API with `aws_iam`. Finds credentials as the AWS tools do. */
export function createSignedFetch(access: Pick<AwsAccess, 'region' | 'profile'> = {}): SignedFetch {
  // Any client of the SDK finds credentials and region. This one sends no request.
  const { config } = new CloudFormationClient({
    ...(access.region === undefined ? {} : { region: access.region }),
    ...(access.profile === undefined ? {} : { profile: access.profile }),
  });
  return async (url, { method, headers = {}, body, signal }) => {
    const region = regionOf(url) ?? (await config.region());
    const signer = new SignatureV4({
      service: 'execute-api',
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

/** The region in the API's host name, which the signature must name. */
const regionOf = ({ hostname }: URL): string | undefined => /\.execute-api\.([^.]+)\.amazonaws\./u.exec(hostname)?.[1];

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

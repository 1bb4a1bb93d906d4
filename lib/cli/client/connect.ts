import { createSignedFetch, type SignedFetch } from '../../aws/signed-fetch.ts';
import { apiRegion } from '../../aws/api-region.ts';
import { findEndpoint } from '../../aws/find-endpoint.ts';
import { readAwsEndpoint } from '../../config.ts';
import { ApiClient } from './api-client.ts';
import { CliError, UsageError } from './cli-error.ts';
import { say } from '../texts/say.ts';

export interface ConnectOptions {
  readonly endpoint?: string;
  readonly stage: string;
  readonly region?: string;
  readonly profile?: string;
  /** Signs requests to any address. The name of a custom domain does not show that the API wants signed requests. */
  readonly sign?: boolean;
  /** Allows http:// to other machines. */
  readonly insecure?: boolean;
  /** How long the API may take to answer. */
  readonly timeoutMs?: number;
}

/** The name of the service in serverless.yml. */
export const SERVICE = 'matrixone-cdc';

const plainFetch: SignedFetch = (url, request) => fetch(url, request);

/**
 * The client of the API at the given address, or at the address that the deployed stack names. Requests to AWS's own
 * addresses are signed.
 */
export async function connect(options: ConnectOptions, env: NodeJS.ProcessEnv): Promise<ApiClient> {
  const given = options.endpoint ?? env['MO_CDC_ENDPOINT'];
  const endpoint = given === undefined || given === '' ? await deployed(options, env) : given;
  if (!URL.canParse(endpoint)) throw new CliError([say('endpoint.noUrl', { endpoint })]);
  refuseOpenWay(new URL(endpoint), options.insecure === true || env['MO_CDC_INSECURE'] === '1');
  const signed = wantsSigned(options, endpoint, env);
  return new ApiClient(endpoint, signed ? createSignedFetch(options) : plainFetch, options.timeoutMs);
}

/** AWS's own addresses want signed requests, and others if the user says so. */
export function wantsSigned({ sign }: ConnectOptions, endpoint: string, env: NodeJS.ProcessEnv): boolean {
  const asked = sign === true || env['MO_CDC_SIGN'] === '1';
  return asked || apiRegion(new URL(endpoint)) !== undefined;
}

/** Requests have passwords of databases in them, and answers are believed: they need TLS, but not on this machine. */
function refuseOpenWay({ protocol, host, hostname }: URL, insecure: boolean): void {
  if (protocol === 'https:') return;
  if (protocol !== 'http:') throw new UsageError([say('endpoint.scheme', { host })]);
  const isHere = /^(?:(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\])$/u.test(hostname);
  if (isHere || insecure) return;
  throw new UsageError([say('endpoint.open', { host })]);
}

async function deployed(options: ConnectOptions, env: NodeJS.ProcessEnv): Promise<string> {
  const { stage, region, profile } = options;
  const advice = say('endpoint.advice');
  const stack = `${SERVICE}-${stage}`;
  try {
    const found = await findEndpoint({ service: SERVICE, stage }, { region, profile, endpoint: readAwsEndpoint(env) });
    if (found !== undefined) return found;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CliError([say('endpoint.unknown', { stack, reason }), advice], { cause });
  }
  throw new CliError([say('endpoint.none', { stack }), advice]);
}

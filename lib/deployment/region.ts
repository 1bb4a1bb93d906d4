import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { DeploymentError } from './deployment-error.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Options of Serverless's command line. One that is not given is null. */
export interface RegionOptions {
  readonly region?: string | null | undefined;
  readonly 'aws-profile'?: string | null | undefined;
}

/**
 * The region to deploy to: the one that `mo_cdc` looks in with the same profile and variables. There is no other default,
 * so that no stack comes to be in a region that nobody named.
 */
export function regionFor(options: RegionOptions, env: Environment): string {
  const profile = firstOf(options['aws-profile'], env['AWS_PROFILE']) ?? 'default';
  const region = firstOf(options.region, env['AWS_REGION'], regionOfProfile(profile, env));
  if (region !== undefined) return region;
  throw new DeploymentError(
    `No region is named, and the profile ${profile} has none. Add --region (for example --region eu-central-1), or set AWS_REGION.`,
  );
}

const firstOf = (...values: readonly (string | null | undefined)[]): string | undefined =>
  values.find((value) => typeof value === 'string' && value !== '') ?? undefined;

function regionOfProfile(profile: string, env: Environment): string | undefined {
  const home = join(env['HOME'] ?? homedir(), '.aws');
  const credentials = sections(env['AWS_SHARED_CREDENTIALS_FILE'] ?? join(home, 'credentials'));
  const config = sections(env['AWS_CONFIG_FILE'] ?? join(home, 'config'));
  // In the config file, only the section of the default profile goes without the word.
  const found = [credentials.get(profile), config.get(`profile ${profile}`)];
  if (profile === 'default') found.push(config.get(profile));
  return firstOf(...found.map((section) => section?.get('region')));
}

/** The sections of a file in the format of AWS's shared configuration, if there is such a file. */
function sections(file: string): Map<string, Map<string, string>> {
  const found = new Map<string, Map<string, string>>();
  let current = new Map<string, string>();
  for (const line of existsSync(file) ? readFileSync(file, 'utf8').split(/\r?\n/u) : []) {
    const title = /^\s*\[([^\]]+)\]/u.exec(line)?.[1]?.trim();
    if (title !== undefined) {
      current = found.get(title.replaceAll(/\s+/gu, ' ')) ?? new Map<string, string>();
      found.set(title.replaceAll(/\s+/gu, ' '), current);
      continue;
    }
    // A line that begins with a space belongs to a nested setting of the line before.
    const [, name, rest] = /^([\w-]+)\s*=(.*)$/u.exec(line) ?? [];
    const value = ` ${rest ?? ''}`
      .split(/\s[#;]/u, 1)
      .join('')
      .trim();
    if (name !== undefined) current.set(name, value);
  }
  return found;
}

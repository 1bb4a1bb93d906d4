import { itemsOf, PARAMETER_NAMES, type Parameters, RULES } from './parameters.ts';

/** What a deployment is asked for. */
export interface Asked {
  readonly stage: string;
  readonly region: string;
  readonly parameters: Parameters;
  /** The names of parameters that somebody gives values to. */
  readonly named: readonly string[];
  /** Does the deployment go to an emulator of AWS? */
  readonly toEmulator: boolean;
}

/** The stage that is for emulators only. */
const LOCAL = 'local';

/** Lambda allows names of 64 characters. */
const LONGEST_NAME = 64;
/** The names of functions without the part that may vary: the service before the stage, and a function after it. */
export const SERVICE = 'matrixone-cdc';
/** A test checks that no function has a longer name. */
export const LONGEST_FUNCTION = 'unknown-route';
export const LONGEST_STAGE = LONGEST_NAME - `${SERVICE}--${LONGEST_FUNCTION}`.length;

/** Everything that keeps this deployment from working, each with what to do about it. */
export const complaintsAbout = (asked: Asked): string[] => [
  ...aboutNames(asked.named),
  ...aboutValues(asked.parameters),
  ...aboutStage(asked),
  ...aboutTogether(asked),
];

const aboutNames = (named: readonly string[]): string[] =>
  named
    .filter((name) => !(PARAMETER_NAMES as readonly string[]).includes(name))
    .map((name) => {
      const far = (known: string): number => distance(known.toLowerCase(), name.toLowerCase());
      const close = PARAMETER_NAMES.filter((known) => far(known) <= 3).sort((a, b) => far(a) - far(b))[0];
      const advice = close === undefined ? `These exist: ${PARAMETER_NAMES.join(', ')}.` : `Did you mean ${close}?`;
      return `There is no parameter ${name}. ${advice}`;
    });

const aboutValues = (parameters: Parameters): string[] =>
  PARAMETER_NAMES.filter((name) => !RULES[name].allows(parameters[name])).map(
    (name) => `${name} is ${JSON.stringify(parameters[name])}. It must be ${RULES[name].expected}.`,
  );

function* aboutStage({ stage, parameters, toEmulator }: Asked): Generator<string> {
  if (stage.length > LONGEST_STAGE) {
    yield `The stage ${stage} has ${stage.length} characters, and names of functions have room for ${LONGEST_STAGE}. Choose a shorter --stage.`;
  }
  if (stage !== LOCAL && parameters.auth === 'none') {
    yield `auth none lets anybody call the API. Only the stage ${LOCAL} may have it. Set auth to aws_iam or jwt.`;
  }
  if (stage === LOCAL && !toEmulator) {
    yield `The stage ${LOCAL} is for an emulator of AWS, because anybody may call its API. Choose another --stage, or set AWS_ENDPOINT_URL to the emulator's address.`;
  }
}

/** About values that do not fit together. */
function* aboutTogether({ parameters, region }: Asked): Generator<string> {
  const { auth, network, alarmTopic } = parameters;
  for (const name of ['jwtIssuer', 'jwtAudience'] as const) {
    if (auth === 'jwt' && parameters[name] === '') yield `auth is jwt, and ${name} is missing. Add --param ${name}=…`;
  }
  for (const name of ['jwtIssuer', 'jwtAudience', 'jwtScopes'] as const) {
    if (auth !== 'jwt' && parameters[name] !== '') {
      yield `${name} is only for auth jwt, and auth is ${auth}. Add --param auth=jwt, or leave ${name} out.`;
    }
  }
  for (const name of ['subnetIds', 'securityGroupIds'] as const) {
    const isGiven = itemsOf(parameters[name]).length > 0;
    if (network === 'private' && !isGiven) yield `network is private, and ${name} is missing. Add --param ${name}=…`;
    if (network !== 'private' && isGiven) {
      yield `${name} is only for network private, and network is ${network}. Add --param network=private, or leave ${name} out.`;
    }
  }
  const topicRegion = alarmTopic.split(':')[3];
  if (RULES.alarmTopic.allows(alarmTopic) && topicRegion !== undefined && topicRegion !== region) {
    yield `alarmTopic is a topic in ${topicRegion}. Alarms in ${region} can only tell a topic in ${region}.`;
  }
  if (parameters.tableDeletion === 'Delete' && parameters.deletionProtection === 'on') {
    yield 'tableDeletion is Delete, but deletionProtection keeps the table from being deleted. Add --param deletionProtection=off, or leave tableDeletion out.';
  }
}

/** How many letters have to be put in, taken out or replaced to make one word of the other (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of Array.from(a).entries()) {
    const next = [i + 1];
    for (const [j, other] of Array.from(b).entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

import { SERVICE_ERRORS } from '../../lib/aws/service-failure.ts';
import { STORE_CODES } from '../../lib/dynamodb/store-error.ts';
import { ERROR_CLASSES, type ErrorClass } from '../../lib/error-classes.ts';
import { type ErrorCode, errorKind, ERRORS, mayBeOfTable } from '../../lib/error-codes.ts';
import { MATRIXONE_NUMBERS, MATRIXONE_TEXTS } from '../../lib/matrixone/server/error-class.ts';
import { SINK_CODES, SOURCE_CODES } from '../../lib/wire/end-errors.ts';
import { DRIVER_CODES, MYSQL_NUMBERS, MYSQL_TEXTS } from '../../lib/wire/error-class.ts';
import type { Failure } from '../../lib/wire/failure.ts';

/** The page shows the first items of long lists. The code has them all. */
const MOST_TEXTS = 3;

const CLASSES: Readonly<Record<ErrorClass, string>> = {
  retry:
    'The same step may succeed soon. The worker tries again after 0.5, 1, 2 … 30 seconds, or at random up to a half sooner. After five minutes without progress, every tick tries once, which is once a minute. The task is `retrying`, then `stalled`.',
  operator:
    'Somebody has to act. The task is `failed`, keeps its history, and goes on from where it stands at `resume`.',
  table:
    'As `operator`, but the error belongs to one table. With `tableErrors: ignore`, that table is set aside and the others go on; `resync --tables` brings it back.',
  never:
    'Trying again leads to the same error: another request, or another command, is needed. The task, if there is one, is `failed`, or `historyLost` if a `resync` repairs it.',
};

/** The groups of codes, by how the codes begin. */
const GROUPS: readonly (readonly [string, RegExp])[] = [
  ['Requests', /^(?:REQUEST|ROUTE|TASK_(?!EDITED)|URI|MAPPING|EXCLUDE)/u],
  ['Source', /^(?:SOURCE|TABLE|SNAPSHOT|PITR|HISTORY|START|SCHEMA|TYPE|CHANGES)/u],
  ['Sink', /^(?:SINK|FENCE_)/u],
  ['Running', /./u],
];

const CODES = Object.keys(ERRORS) as ErrorCode[];

const escaped = (text: string): string => text.replaceAll('|', '\\|');
const row = (...cells: string[]): string => `| ${cells.join(' | ')} |`;
const table = (head: string[], rows: string[][]): string =>
  [row(...head), row(...head.map(() => '---')), ...rows.map((cells) => row(...cells))].join('\n');
const list = (items: readonly (string | number)[]): string => items.map((item) => `\`${item}\``).join(' ');
const link = (code: ErrorCode): string => `[${code}](../operations.md#${code.toLowerCase()})`;

function codes(): string {
  const left = new Set(CODES);
  return GROUPS.map(([name, pattern]) => {
    const found = [...left].filter((code) => pattern.test(code));
    for (const code of found) left.delete(code);
    const rows = found.map((code) => {
      const { status, class: kind, action } = errorKind(code);
      const own = kind !== 'table' && mayBeOfTable(code) ? `${kind}, or of one table` : kind;
      return [link(code), own, String(status), escaped(action)];
    });
    return `### ${name}\n\n${table(['code', 'class', 'HTTP', 'what to do'], rows)}`;
  }).join('\n\n');
}

function failures(): string {
  const rows = (Object.keys(SINK_CODES) as Failure[]).map((failure) => [
    failure,
    link(SOURCE_CODES[failure]),
    link(SINK_CODES[failure]),
    said([
      list(MYSQL_NUMBERS.filter(([of]) => of === failure).flatMap(([, numbers]) => numbers)),
      ...MYSQL_TEXTS.filter(([of]) => of === failure).map(
        ([, numbers, text]) => `${list(numbers)} with \`${escaped(text.source)}\``,
      ),
      failure === 'unreachable' || failure === 'access-denied' ? list(DRIVER_CODES[failure]) : '',
    ]),
    said([
      list(MATRIXONE_NUMBERS.filter(([of]) => of === failure).flatMap(([, numbers]) => numbers)),
      ...MATRIXONE_TEXTS.filter(([of]) => of === failure)
        .slice(0, MOST_TEXTS)
        .map(([, text]) => `\`${escaped(text.source)}\``),
    ]),
  ]);
  return table(['what is wrong', 'at the source', 'at the sink', 'MySQL, MariaDB, driver', 'MatrixOne'], rows);
}

const said = (parts: readonly string[]): string => parts.filter((part) => part !== '').join('; ') || '–';

const services = (): string =>
  table(
    ['what is wrong', 'code', 'names'],
    [
      ['throttled', link(STORE_CODES.throttled), 'every error that the AWS SDK calls throttling'],
      ...Object.entries(SERVICE_ERRORS).map(([failure, names]) => [
        failure,
        link(STORE_CODES[failure as keyof typeof SERVICE_ERRORS]),
        `${list(names)}${failure === 'unreachable' ? ', and every error that the AWS SDK calls transient' : ''}`,
      ]),
    ],
  );

/** The text of docs/reference/errors.md before formatting: every error of the code, and what happens after it. */
export const errorsPage = (): string => `# Errors

<!-- Written by \`npm run docs\` from the code. A test fails while it is out of date. -->

Every error that the product reports has a code, which stays the same from version to version, a class, and something to do. The answers
of the API, \`show\` and the log have code and action, and [operations.md](../operations.md#errors) says more of each.

${table(
  ['class', 'what becomes of the task'],
  ERROR_CLASSES.map((name) => [`\`${name}\``, CLASSES[name]]),
)}

## Codes

${codes()}

## What databases say

Servers and driver report numbers, codes and texts, which differ from product to product. If an error is in no list, it is \`other\`: the
task shows it as it came, and the worker tries again. MatrixOne uses one number for nearly everything, so its texts count; the table
shows the first of them.

${failures()}

## What AWS says

The table has the names of DynamoDB's errors. If a name is in no list, its HTTP status decides. If Lambda cannot take an order, for any
reason, the error is
${link('WORKER_NOT_STARTED')}.

${services()}
`;

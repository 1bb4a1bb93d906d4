import type { OptionKind, Unit } from '../../lib/task/option-kinds.ts';
import { OPTION_NAMES, optionKind } from '../../lib/task/options.ts';

/** A whole multiple is shown in the largest unit that divides it. */
const UNITS: Readonly<Record<Unit, readonly (readonly [name: string, size: number])[]>> = {
  milliseconds: [
    ['days', 86_400_000],
    ['s', 1_000],
    ['ms', 1],
  ],
  bytes: [
    ['GiB', 1024 ** 3],
    ['MiB', 1024 ** 2],
    ['KiB', 1024],
    ['bytes', 1],
  ],
  rows: [['', 1]],
  workers: [['', 1]],
};

function told(number: number, unit: Unit): string {
  const [name, size] = UNITS[unit].find(([, each]) => number % each === 0) ?? [unit, 1];
  const count = number / size;
  const text = count.toLocaleString('en').replaceAll(',', ' ');
  return `${text} ${count === 1 ? name.replace(/(?<=..)s$/u, '') : name}`.trim();
}

function values(kind: OptionKind): string {
  switch (kind.type) {
    case 'choice':
      return kind.choices.map((word) => `\`${word}\``).join(', ');
    case 'amount': {
      const range = `${told(kind.least, kind.unit)} to ${told(kind.most, kind.unit)}`;
      return kind.default === null ? `${range}, or \`null\`: no limit` : range;
    }
    case 'switch':
      return '`true`, `false`';
    case 'time':
      return 'a time, or `null`: none';
  }
}

function usual(kind: OptionKind): string {
  if (kind.type !== 'amount' || kind.default === null) return `\`${kind.default}\``;
  const text = told(kind.default, kind.unit);
  return text.split(' ')[0] === String(kind.default) ? text : `${text} (\`${kind.default}\`)`;
}

function flags({ flag, fixed, unset }: OptionKind): string {
  if (fixed === true) return `\`${flag}\` (\`create\` only)`;
  return unset === undefined ? `\`${flag}\`` : `\`${flag}\`, in an edit also \`${flag.replace('--', '--no-')}\``;
}

const cells = (...texts: string[]): string => `| ${texts.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`;

/** The table of options in docs/reference/options.md. */
export const optionsTable = (): string =>
  [
    cells('option', 'flag', 'default', 'values', 'what it does'),
    cells('---', '---', '---', '---', '---'),
    ...OPTION_NAMES.map((name) => {
      const kind = optionKind(name);
      return cells(`\`${name}\``, flags(kind), usual(kind), values(kind), kind.help);
    }),
  ].join('\n');

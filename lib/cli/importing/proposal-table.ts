import type { Proposal } from '../../native/proposal.ts';
import { columns } from '../output/columns.ts';
import { inLine } from '../output/printable.ts';

/** A line for each thing of each task: what it is for CREATE CDC, what it becomes, and what there is to know of it. */
export function proposalTable(proposals: readonly Proposal[]): string {
  const rows = proposals.flatMap(({ name, findings, ...rest }) => [
    [name, 'copies', rest.level, copied(rest), ''],
    ...findings.map(({ what, native, here, note }) => [name, what, native, here, note]),
  ]);
  const impossible = proposals.flatMap(({ name, impossible: reason }) =>
    reason === undefined ? [] : [inLine(`${name}: there can be no such task. ${reason}`)],
  );
  const table = columns([['TASK', 'WHAT', 'CREATE CDC', 'HERE', 'NOTE'], ...rows]);
  return [table, ...(impossible.length === 0 ? [] : ['', ...impossible])].join('\n');
}

/** Names this many pairs; the file has all of them. */
const NAMED = 3;

function copied({ level, tables, databases }: Pick<Proposal, 'level' | 'tables' | 'databases'>): string {
  if (level === 'account') return 'level account: every database';
  const pairs = level === 'table' ? tables : databases;
  const named = pairs.slice(0, NAMED).map(({ source, sink }) => (source === sink ? source : `${source} to ${sink}`));
  const rest = pairs.length > NAMED ? `, and ${pairs.length - NAMED} more` : '';
  return `level ${level}: ${named.join(', ')}${rest}`;
}

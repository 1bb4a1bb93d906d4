import { notSupported } from '../matrixone-error.ts';
import type { Parser } from '../sql/parser.ts';
import { fromWire } from '../sql/quoting.ts';
import type { Context } from './context.ts';

/** `select mo_ctl('dn', 'flush', 'db.t')`: makes a server do at once what it does by itself over time. */
export const moCtlStatement = async (parser: Parser, context: Context): Promise<string | undefined> => {
  if (!parser.take('select', 'mo_ctl')) return undefined;
  parser.expectSymbol('(');
  const service = parser.string().toLowerCase();
  parser.expectSymbol(',');
  const method = parser.string().toLowerCase();
  parser.expectSymbol(',');
  const argument = fromWire(parser.string());
  parser.expectSymbol(')');
  parser.expectEnd();
  await carryOut(`${service} ${method}`, argument, context);
  return "select 'OK' as `mo_ctl`";
};

const carryOut = async (what: string, argument: string, { compactions, snapshots }: Context): Promise<void> => {
  switch (what) {
    case 'dn flush':
      return;
    case 'cn mergeobjects': {
      const [database = '', table = ''] = /^t:(.+)\.(.+):overlap$/u.exec(argument)?.slice(1) ?? [];
      const { cut, table: tracked } = await snapshots.now(database, table);
      compactions.merge(database, table, tracked.history, cut.version);
      return;
    }
    case 'dn globalcheckpoint':
      compactions.checkpoint();
      return;
    case 'dn diskcleaner':
      if (argument === 'force_gc') return compactions.collect();
  }
  throw notSupported(`mo_ctl ${what} ${argument}`);
};

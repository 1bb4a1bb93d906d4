import { expect, it } from 'vitest';
import { ERRORS, type ErrorCode, isOfScope } from '../../../../lib/error-codes.ts';
import { CdcError } from '../../../../lib/errors.ts';
import { TableError, withRefusedRow } from '../../../../lib/data/table-error.ts';
import { explainedAmong } from '../../../../lib/replication/endpoints/explained-refusal.ts';
import type { SinkWriter } from '../../../../lib/replication/endpoints/sink.ts';
import type { SinkTable } from '../../../../lib/replication/endpoints/sink-tables.ts';
import { memorySchema } from '../../../support/memory-source.ts';

const tableOf = (table: string): SinkTable => ({
  name: { database: 'copy', table },
  schema: memorySchema({ database: 'shop', table }),
});
const A = tableOf('a');
const B = tableOf('b');
const WORDS = 'It refused the row id=1.';

/** What becomes of the error, and which tables were read again for it. */
async function explain(
  thrown: unknown,
  explainRefusal: SinkWriter['explainRefusal'] = () => Promise.resolve(WORDS),
): Promise<{ error: unknown; read: string[] }> {
  const read: string[] = [];
  const look: SinkWriter['explainRefusal'] = async (table, code, changes) => {
    for await (const some of changes) read.push(...Array.from(some, () => table.name.table));
    return await explainRefusal(table, code, changes);
  };
  const reading = async function* () {
    yield await Promise.resolve([{ deleted: false, row: [] }]);
  };
  return { error: await explainedAmong({ explainRefusal: look }, thrown, [B, A], reading), read };
}

it('the row is a sentence of its own, however the words of the server end', () => {
  const said = (message: string) => withRefusedRow(new CdcError('SINK_ROW_REJECTED', message), WORDS).message;
  expect(said('Too long (error 1406)')).toBe(`Too long (error 1406). ${WORDS}`);
  expect(said('Too long.')).toBe(`Too long. ${WORDS}`);
});

it('changes are read again for refused rows alone, and the error stays one of its code and table', async () => {
  for (const code of Object.keys(ERRORS) as ErrorCode[]) {
    const thrown = new TableError(A.schema.table, new CdcError(code, 'The server’s words.'));
    const { error, read } = await explain(thrown);
    if (isOfScope(code, 'row')) {
      expect(error).toBeInstanceOf(TableError);
      const table = 'shop.a';
      expect(error).toMatchObject({ code, table, refusedRow: WORDS, message: `The server’s words. ${WORDS}` });
      expect(read).toEqual(['a']);
    } else {
      expect(error).toBe(thrown);
      expect(read).toEqual([]);
    }
  }
});

it('an error that names its row, or no table, stays as it is', async () => {
  const refusal = new CdcError('SINK_ROW_REJECTED', 'No.');
  const named = withRefusedRow(new TableError(A.schema.table, refusal), WORDS);
  const other = new TableError({ database: 'shop', table: 'c' }, refusal);
  for (const thrown of [named, refusal, other, new Error('x')]) {
    expect(await explain(thrown)).toEqual({ error: thrown, read: [] });
  }
});

it('a look that fails or finds nothing leaves the server’s own words', async () => {
  const thrown = new TableError(A.schema.table, new CdcError('SINK_DUPLICATE_KEY', 'No.'));
  expect((await explain(thrown, () => Promise.resolve(undefined))).error).toBe(thrown);
  expect((await explain(thrown, () => Promise.reject(new CdcError('SINK_TIMEOUT', 'Late.')))).error).toBe(thrown);
});

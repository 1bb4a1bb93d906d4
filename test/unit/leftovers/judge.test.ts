import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Findings, FoundTable } from '../../../lib/leftovers/findings.ts';
import { judge, tablePrefix, YOUNG_MS } from '../../../lib/leftovers/judge.ts';
import { pinPrefix } from '../../../lib/data/position.ts';

const NOW = Date.UTC(2026, 10, 30);
const STAGE = 'prod';
const OLD = NOW - 100 * YOUNG_MS;

/** The id of a task that was created then, as the product makes them. */
const idOf = (number: number, createdAt: number): string => {
  const time = createdAt.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${String(number).padStart(12, '0')}`;
};

/** Snapshots show the id without dashes. */
const atSource = (id: string): string => pinPrefix(id).slice('mo_cdc_'.length, -1);

/** What there really is: tasks with a table, and perhaps a stack or a worker; and what each has left. */
const task = fc.record({
  isYoung: fc.boolean(),
  /** Undefined: the table of another region or account, which nobody sees here. */
  table: fc.option(fc.nat(3), { nil: undefined }),
  isHeld: fc.boolean(),
  hasSecret: fc.boolean(),
  traces: fc.subarray(['source', 'sink'] as const),
  usedLately: fc.boolean(),
  isNamed: fc.boolean(),
});
const world = fc.record({
  tasks: fc.array(task, { maxLength: 8 }),
  tables: fc.array(fc.record({ stage: fc.constantFrom(STAGE, 'dev', 'prod-2'), hasStack: fc.boolean() }), {
    minLength: 4,
    maxLength: 4,
  }),
  isDeploying: fc.boolean(),
});

it('lets nothing go that a task needs which lives here, or may be another deployment’s', () => {
  fc.assert(
    fc.property(world, ({ tasks, tables, isDeploying }) => {
      const all = tasks.map((each, number) => ({ ...each, id: idOf(number, each.isYoung ? NOW - 1_000 : OLD) }));
      const found = tables.map(({ stage, hasStack }, index): FoundTable => {
        const own = all.filter(({ table }) => table === index);
        return {
          name: `${tablePrefix(stage)}${index}`,
          usedBy: hasStack ? `matrixone-cdc-${stage}` : undefined,
          tasks: own.map(({ id, isHeld }) => ({ id, heldUntil: isHeld ? NOW + 1 : NOW - 1, ends: [] })),
        };
      });
      const findings: Findings = {
        stage: STAGE,
        isDeploying,
        tables: found,
        secrets: all
          .filter(({ hasSecret, table }) => hasSecret && table !== undefined)
          .map(({ id }) => ({ name: `mo-cdc-tasks/${STAGE}/${id}/x`, taskId: id, createdAt: OLD })),
        traces: all.flatMap(({ id, traces, usedLately }) =>
          traces.map((end) => ({
            ...{ end, what: '1 row', usedAt: usedLately ? NOW : OLD },
            taskId: end === 'source' ? atSource(id) : id,
          })),
        ),
      };
      const named = new Set(all.filter(({ isNamed }) => isNamed).map(({ id }) => id));
      const judged = judge(findings, NOW, named);
      const gone = judged.filter(({ verdict }) => verdict === 'left');
      if (isDeploying) expect(gone).toEqual([]);
      for (const [index, table] of found.entries()) {
        const isGone = gone.some(({ kind, name }) => kind === 'table' && name === table.name);
        const lives = table.usedBy !== undefined || table.tasks.some(({ heldUntil }) => heldUntil > NOW);
        const isOurs = tables[index]?.stage === STAGE;
        expect(isGone).toBe(isOurs && !lives && !isDeploying);
      }
      for (const { id, table, isYoung, isNamed, usedLately } of all) {
        const goes = (kind: string) =>
          gone.some((each) => each.kind === kind && [id, atSource(id)].includes(each.name));
        const goesAtAnEnd = goes('source') || goes('sink');
        const goesAsSecret = gone.some(({ kind, name }) => kind === 'secret' && name.includes(id));
        const itsTable = table === undefined ? undefined : found[table];
        const tableGoes = gone.some(({ name }) => name === itsTable?.name);
        if (isYoung || (itsTable !== undefined && !tableGoes))
          expect([goesAtAnEnd, goesAsSecret]).toEqual([false, false]);
        if (usedLately) expect(goesAtAnEnd).toBe(false);
        if (itsTable === undefined && !isNamed) expect(goesAtAnEnd).toBe(false);
      }
    }),
    { numRuns: 1_000 },
  );
});

it('finds what a removed deployment has left, and says of everything why', () => {
  const [mine, others, living] = [idOf(1, OLD), idOf(2, OLD), idOf(3, OLD)];
  const table = (stage: string, id: string, usedBy?: string): FoundTable => ({
    name: `${tablePrefix(stage)}1`,
    usedBy,
    tasks: [{ id, heldUntil: 0, ends: [] }],
  });
  const trace = (taskId: string) =>
    ({ end: 'source', taskId: atSource(taskId), what: '2 snapshots', usedAt: OLD }) as const;
  const judged = judge(
    {
      stage: STAGE,
      isDeploying: false,
      tables: [table(STAGE, mine), table('dev', living, 'matrixone-cdc-dev')],
      secrets: [{ name: `mo-cdc-tasks/prod/${mine}/x`, taskId: mine, createdAt: OLD }],
      traces: [trace(mine), trace(others), trace(living)],
    },
    NOW,
  );
  expect(judged.map(({ kind, verdict, why }) => [kind, verdict, why])).toEqual([
    ['source', 'left', 'its task was one of the stage prod'],
    ['source', 'unknown', 'no table here has its task: it may be another deployment’s'],
    ['source', 'used', 'its task is in a table that is in use'],
    ['secret', 'left', 'its task is in no table that a stack uses'],
    ['table', 'left', 'no stack of this region uses it'],
  ]);
});

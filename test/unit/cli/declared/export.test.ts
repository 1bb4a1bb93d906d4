import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differenceOf } from '../../../../lib/cli/declared/difference.ts';
import { exportedTasks } from '../../../../lib/cli/declared/export-command.ts';
import { readTaskFile } from '../../../../lib/cli/declared/read-task-file.ts';
import { taskView } from '../../../../lib/http/view/task-view.ts';
import { ownReference } from '../../../../lib/task/uri/secret-reference.ts';
import { withReference } from '../../../../lib/task/uri/database-uri.ts';
import { withSinkTls } from '../../../../lib/task/check-spec.ts';
import { newTaskNameProblem } from '../../../../lib/task/task-name.ts';
import { DEFAULT_OPTIONS, type TaskSpec } from '../../../../lib/task/task.ts';
import { NOW } from '../../../support/api-world.ts';
import { MoCdc } from '../../../support/mo-cdc.ts';
import { PASSWORD, scenarioRecord, scenarioSpec } from '../../../support/scenario-task.ts';

describe('task export', () => {
  it('writes tasks as apply takes them, without passwords', async () => {
    const tool = new MoCdc();
    await tool.world.store.create(scenarioRecord());
    const options = { ...DEFAULT_OPTIONS, mode: 'tick' as const, endTs: '2099-01-01T00:00:00.000Z' };
    const other = { name: 'b', level: 'account' as const, tables: [], exclude: ['^a\\.${x}$'], options };
    await tool.world.store.create(scenarioRecord({ id: crypto.randomUUID(), spec: scenarioSpec(other) }));
    const { code, out } = await tool.run('task', 'export');
    expect([code, out]).toEqual([
      0,
      `# 2 tasks, for: mo_cdc apply -f FILE
# Passwords are not in here. Set these variables of the environment before:
#   MO_CDC_PASSWORD_ROOT_127_0_0_1_6001
#   MO_CDC_PASSWORD_ACC_ADMIN_10_0_0_7_6001
---
taskName: activity_sync
sourceUri: mysql://root:\${MO_CDC_PASSWORD_ROOT_127_0_0_1_6001}@127.0.0.1:6001
sinkType: matrixone
sinkUri: mysql://acc:admin:\${MO_CDC_PASSWORD_ACC_ADMIN_10_0_0_7_6001}@10.0.0.7:6001
level: table
tables:
  - source: production_db.user_activities
    sink: analytics_db.analytics_activities
---
taskName: b
sourceUri: mysql://root:\${MO_CDC_PASSWORD_ROOT_127_0_0_1_6001}@127.0.0.1:6001
sinkType: matrixone
sinkUri: mysql://acc:admin:\${MO_CDC_PASSWORD_ACC_ADMIN_10_0_0_7_6001}@10.0.0.7:6001
level: account
exclude:
  - ^a\\.$\${x}$
options:
  mode: tick
  endTs: 2099-01-01T00:00:00.000Z
`,
    ]);
    tool.files['tasks.yaml'] = out;
    tool.env = { MO_CDC_PASSWORD_ROOT_127_0_0_1_6001: PASSWORD, MO_CDC_PASSWORD_ACC_ADMIN_10_0_0_7_6001: PASSWORD };
    expect((await tool.run('apply', '-f', 'tasks.yaml')).out).toContain('2 tasks: 2 unchanged.');
    expect((await tool.run('task', 'export', '--task-name', 'b')).out).not.toContain('activity_sync');
  });
});

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
const name = fc.stringMatching(/^[\w$ {}'"#&*!|>%@-]{1,10}$/u).filter((each) => each.trim() === each);
const login = fc.tuple(
  fc.constantFrom('root', 'acc:admin', 'acc%23x', '密'),
  fc.oneof(text.map(encodeURIComponent), fc.constantFrom('a/b', 'a@b', '?#')),
);
const uri = fc
  .tuple(login, fc.constantFrom('h:1', '[::1]:6001', '10.0.0.1', 'h:1?tls=verify-ca&tls-ca=x'))
  .map(([[user, password], place]) => `mysql://${user}:${password}@${place}`)
  .filter((each) => !each.includes('tls-ca=x'));
const kept = fc.constantFrom(
  'mysql://root:{{resolve:secretsmanager:a/b:SecretString:k}}@h:1',
  'mysql://root:{{resolve:ssm:/a}}@h:2?tls=disabled',
);

const specs = fc.record({
  name: name.filter((each) => newTaskNameProblem(each) === undefined),
  sourceUri: fc.oneof(uri, kept),
  sinkUri: fc.oneof(uri, kept),
  sinkType: fc.constantFrom('matrixone' as const, 'mysql' as const),
  tables: fc.uniqueArray(fc.tuple(name, name), {
    minLength: 1,
    maxLength: 4,
    selector: (pair) => pair.join('.').toLowerCase(),
  }),
  exclude: fc.constantFrom([], ['^a${b}', '$${'], ['"x"', '- y', '#z']),
  level: fc.constantFrom('table' as const, 'account' as const),
  chunkRows: fc.integer({ min: 1, max: 1_000 }),
});

/** A task as it is stored, with its passwords in a secret of the product or in its URIs. */
function stored(
  { tables, chunkRows, ...given }: typeof specs extends fc.Arbitrary<infer T> ? T : never,
  kept: boolean,
): TaskSpec {
  const sinkUri = withSinkTls(given.sinkUri, given.sinkType);
  const keep = (each: string) =>
    kept && !each.includes('{{') ? withReference(each, ownReference('s/t', 'source')) : each;
  const pairs = tables.map(([database, table]) => ({ source: { database, table }, sink: { database, table } }));
  return {
    ...given,
    ...{ sourceUri: keep(given.sourceUri), sinkUri: keep(sinkUri), databases: [] },
    tables: given.level === 'table' ? pairs : [],
    exclude: given.level === 'table' ? [] : given.exclude,
    options: { ...DEFAULT_OPTIONS, chunkRows },
  };
}

const pick = ({ sourceUri, sinkUri }: Pick<TaskSpec, 'sourceUri' | 'sinkUri'>) => ({ sourceUri, sinkUri });

describe('whatever tasks there are', () => {
  it('their export declares just these, and shows no password', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(specs, { maxLength: 4, selector: ({ name }) => name }),
        fc.boolean(),
        (given, kept) => {
          const tasks = given.map((each) => taskView(scenarioRecord({ spec: stored(each, kept) }), NOW));
          const exported = exportedTasks(tasks);
          expect(exported).not.toContain('******');
          const variables = [...exported.matchAll(/^# {3}(\w+)$/gmu)].map(([, variable = '']) => variable);
          const env = Object.fromEntries(
            variables.map((variable) => [
              variable,
              /_URI(?:_\d+)?$/u.test(variable) ? `mysql://a:b@${variable.toLowerCase()}` : 'p@:/%',
            ]),
          );
          const { tasks: declared, problems } = readTaskFile('f', exported, env);
          expect(problems).toEqual([]);
          expect(declared.map(({ spec }) => spec.name)).toEqual(tasks.map((task) => task.name));
          for (const [at, task] of tasks.entries()) {
            const spec = declared[at]?.spec;
            if (spec === undefined) throw new Error('unreachable');
            const { changes, fixed } = differenceOf(task, spec);
            expect([changes, fixed]).toEqual([[], []]);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('are as they were declared, although their passwords cannot be seen', () => {
    fc.assert(
      fc.property(specs, (given) => {
        const task = taskView(scenarioRecord({ spec: stored(given, true) }), NOW);
        expect(differenceOf(task, { ...stored(given, true), ...pick(given) })).toEqual({
          changes: [],
          fixed: [],
          edit: {},
        });
      }),
    );
  });

  it('differ if their address differs', () => {
    const task = taskView(scenarioRecord(), NOW);
    const spec = scenarioSpec();
    for (const [from, to] of [
      ['root', 'dump'],
      ['127.0.0.1', '127.0.0.2'],
      ['6001', '6002'],
      [PASSWORD, '{{resolve:ssm:/a}}'],
    ] as const) {
      const { edit } = differenceOf(task, { ...spec, sourceUri: spec.sourceUri.replace(from, to) });
      expect(Object.keys(edit)).toEqual(['sourceUri']);
    }
  });
});

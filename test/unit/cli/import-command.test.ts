import { beforeEach, expect, it } from 'vitest';
import { PASSWORD } from '../../support/scenario-task.ts';
import { MoCdc, OK, SOURCE } from '../../support/mo-cdc.ts';
import { keptLogin, keptTables, nativeTaskOf } from '../../support/native-rows.ts';

const SINK_VARIABLE = 'MO_CDC_PASSWORD_ROOT_127_0_0_1_6002';
const IMPORT = ['import', '--from-native', '--source-uri', SOURCE];
const CREATE = [...IMPORT, '--create'];

let tool: MoCdc;

beforeEach(() => {
  tool = new MoCdc();
  tool.natives = [nativeTaskOf()];
  tool.env = { [SINK_VARIABLE]: PASSWORD };
});

it('shows what becomes of each task, and creates nothing', async () => {
  const { code, out } = await tool.run(...IMPORT);
  expect(code).toBe(0);
  expect(out).toMatch(/^activity_sync +copies +table +level table: production_db.user_activities to analytics_db/mu);
  expect(out).toMatch(/^activity_sync +rows +with a first copy +existingRows: compare/mu);
  expect(out).toContain('Nothing was created.');
  expect(tool.sent).toEqual([]);
});

it('writes a file that `apply` takes and finds unchanged after --create', async () => {
  const { out: file } = await tool.run(...IMPORT, '--output', 'yaml');
  expect(await tool.run(...CREATE, '--yes')).toMatchObject({ code: 0 });
  expect((await tool.run('task', 'show', '--output', 'yaml')).out).toContain('existingRows: compare');
  tool.files['tasks.yaml'] = file;
  tool.env['MO_CDC_PASSWORD_ROOT_127_0_0_1_6001'] = PASSWORD;
  expect((await tool.run('apply', '-f', 'tasks.yaml', '--dry-run', '--exit-code')).code).toBe(0);
});

it('creates after a question, with the passwords of the source URI and of the environment', async () => {
  expect(await tool.run(...CREATE)).toMatchObject({ code: 2 });
  tool.answer = 'n';
  expect(await tool.run(...CREATE)).toMatchObject({ code: 1, err: 'error: Nothing was done.\n' });
  expect(tool.asked.at(-1)).toContain('Create 1 task?');
  expect(tool.sent.filter((each) => each.startsWith('POST'))).toEqual([]);
  tool.answer = 'y';
  expect((await tool.run(...CREATE)).out).toContain('1 task: 1 created.');
  expect(tool.sent).toContain('POST /tasks');
});

it('takes one password for all sinks from a file, and says which one is missing', async () => {
  tool.env = {};
  const { code, err } = await tool.run(...CREATE, '--yes');
  expect([code, err]).toEqual([1, expect.stringContaining(`The environment variable ${SINK_VARIABLE} is not set.`)]);
  tool.files['password'] = `${PASSWORD}\n`;
  expect(await tool.run(...CREATE, '--yes', '--sink-password-file', 'password')).toMatchObject({ code: 0 });
});

it.each(['running', 'pausing', 'failed'])(
  'creates nothing while a task is %s, since it may still write',
  async (state) => {
    tool.natives = [nativeTaskOf({ state }), nativeTaskOf({ account_id: '1', task_name: 'other' })];
    const { code, err } = await tool.run(...CREATE, '--yes');
    expect([code, err]).toEqual([1, expect.stringContaining('may still write to the sink for activity_sync.')]);
    expect(tool.sent).toEqual([]);
    expect(await tool.run(...CREATE, '--yes', '--task-name', 'other')).toMatchObject({ code: 0 });
  },
);

it('leaves a task of ours with that name alone', async () => {
  expect(await tool.run(...CREATE, '--yes')).toMatchObject({ code: 0 });
  expect((await tool.run(...CREATE, '--yes')).out).toContain('1 task: 1 unchanged.');
  tool.natives = [nativeTaskOf({ tables: keptTables(['a.t', 'b.t']) })];
  const { code, out } = await tool.run(...CREATE, '--yes');
  expect([code, out]).toEqual([1, expect.stringContaining('there are other tasks with the names activity_sync')]);
  expect(tool.sent.filter((each) => each.startsWith('PATCH'))).toEqual([]);
});

it('asks for the login of each account, at the address that was given', async () => {
  tool.natives = [nativeTaskOf({ source_uri: keptLogin('acc#adm', 6001) })];
  const { out } = await tool.run(
    'import',
    '--from-native',
    '--source-uri',
    `mysql://root:${PASSWORD}@db.example:7001?tls=skip-verify`,
    '-o',
    'yaml',
  );
  expect(out).toContain(
    'sourceUri: mysql://acc#adm:${MO_CDC_PASSWORD_ACC_ADM_DB_EXAMPLE_7001}@db.example:7001?tls=skip-verify',
  );
});

it('says what is wrong: a user who cannot read them, none at all, an unknown name, two forms at once', async () => {
  expect((await tool.run(...IMPORT, '--task-name', 'x')).err).toContain('There is no CREATE CDC task x.');
  expect((await tool.run(...CREATE, '--output', 'yaml')).code).toBe(2);
  tool.natives = [];
  expect((await tool.run(...IMPORT)).err).toContain('The source has no CREATE CDC task.');
  tool.natives = undefined;
  expect((await tool.run(...IMPORT)).err).toContain('Put an administrator of sys into --source-uri.');
  expect((await tool.run('import', '--source-uri', SOURCE)).code).not.toBe(OK.code);
});

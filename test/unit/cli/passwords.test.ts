import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { parseDatabaseUri } from '../../../lib/task/uri/database-uri.ts';
import { MoCdc, OK } from '../../support/mo-cdc.ts';
import { PASSWORD, scenarioRecord } from '../../support/scenario-task.ts';

let tool: MoCdc;
const spec = async () => (await tool.world.store.get('activity_sync'))?.spec;
const create = (...more: string[]) =>
  tool.run(
    ...['task', 'create', '--task-name', 'activity_sync', '--source-uri', 'mysql://acc#root@127.0.0.1:6001'],
    ...['--sink-type', 'mysql', '--sink-uri', 'mysql://root@10.0.0.7:3306?tls=disabled', '--tables', 'a.b', ...more],
  );

beforeEach(() => {
  tool = new MoCdc();
});

describe('passwords that are not on the command line', () => {
  it('come from files, the standard input and the environment', async () => {
    Object.assign(tool.files, { 'pw.txt': `${PASSWORD}\n`, '-': `${PASSWORD}@:/%\r\n` });
    expect(await create('--source-password-file', 'pw.txt', '--sink-password-file', '-')).toEqual(OK);
    expect(await spec()).toMatchObject({
      sourceUri: `mysql://acc#root:${PASSWORD}@127.0.0.1:6001`,
      sinkUri: `mysql://root:${PASSWORD}%40%3A%2F%25@10.0.0.7:3306?tls=disabled`,
    });
    tool = new MoCdc();
    tool.env = { MO_CDC_SOURCE_PASSWORD: `${PASSWORD}1`, MO_CDC_SINK_PASSWORD: '{{resolve:ssm:/cdc/sink}}' };
    expect(await create()).toEqual(OK);
    expect(await spec()).toMatchObject({
      sourceUri: `mysql://acc#root:${PASSWORD}1@127.0.0.1:6001`,
      sinkUri: 'mysql://root:{{resolve:ssm:/cdc/sink}}@10.0.0.7:3306?tls=disabled',
    });
  });

  it('arrive as they are, whatever characters they have', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1 }), async (password) => {
        fc.pre(!/[\r\n]/u.test(password));
        tool = new MoCdc();
        tool.files['pw'] = `${password}\n`;
        tool.env = { MO_CDC_SINK_PASSWORD: password };
        expect(await create('--source-password-file', 'pw')).toEqual(OK);
        const { sourceUri = '', sinkUri = '' } = (await spec()) ?? {};
        expect([sourceUri, sinkUri].map((uri) => parseDatabaseUri(uri).password)).toEqual([password, password]);
      }),
    );
  });

  it('are for edits, too, and a URI that only names the source needs none', async () => {
    await tool.world.store.create(scenarioRecord());
    tool.files['pw'] = 'another';
    const edit = ['task', 'edit', '--task-name', 'activity_sync', '--source-uri', 'mysql://root@127.0.0.1:6001'];
    const more = ['--new-source-uri', 'mysql://root@127.0.0.9:6001', '--source-password-file', 'pw'];
    expect(await tool.run(...edit, ...more)).toEqual(OK);
    expect((await spec())?.sourceUri).toBe('mysql://root:another@127.0.0.9:6001');
  });

  it('are for leftovers', async () => {
    tool.files['pw'] = PASSWORD;
    const { err } = await tool.run('leftovers', '--source-uri', 'mysql://root@h:1', '--source-password-file', 'none');
    expect(err).toContain('none cannot be read');
    const seen: unknown[] = [];
    tool.open = (options) => void seen.push(options.sourceUri);
    await tool.run('leftovers', '--source-uri', 'mysql://root@h:1', '--source-password-file', 'pw');
    expect(seen).toEqual([`mysql://root:${PASSWORD}@h:1`]);
  });

  it.each([
    ['no file', ['--source-password-file', 'none'], 'none cannot be read: ENOENT'],
    ['an empty file', ['--source-password-file', 'empty'], 'empty has no password in it'],
    ['several lines', ['--sink-password-file', 'lines'], 'lines has several lines'],
    ['one input for two', ['--source-password-file', '-', '--sink-password-file', '-'], 'one password'],
    [
      'a password in the URI',
      ['--source-password-file', 'pw', '--source-uri', 'mysql://a:b@h:1'],
      'has a password already',
    ],
    ['no such URI', ['--source-password-file', 'pw', '--source-uri', 'x'], 'cannot be read'],
  ])('are refused before anything is sent: %s', async (_, more, complaint) => {
    Object.assign(tool.files, { pw: PASSWORD, empty: '\n', lines: 'a\nb\n', '-': 'x' });
    const { code, err } = await create(...more);
    expect([code, err, tool.sent]).toEqual([2, expect.stringContaining(complaint), []]);
  });

  it('are asked for by the API if there is none', async () => {
    expect((await create()).err).toContain('it must have a user and a password');
  });
});

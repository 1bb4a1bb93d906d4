import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleCli } from '../../localstack/bundle.ts';
import { type Stack, startStack } from '../../localstack/stack.ts';
import { violations } from '../support/console/axe.ts';
import { ConsoleWorld } from '../support/console/console-world.ts';
import { quoteText } from '../../lib/sql/literal.ts';
import { parseDatabaseUri } from '../../lib/task/uri/database-uri.ts';
import { eventually } from '../support/eventually.ts';
import { carriesOutNative, createNative, dropNative, pauseNative } from '../support/native-source.ts';
import { SqlClient } from '../support/sql-client.ts';
import { playBy, TABLES, TASK } from '../support/ways/scene.ts';

/** The scenario on the real handlers, workers and databases of one stack. */
let stack: Stack;
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'matrixone-cdc-ways-'));
  [stack] = await Promise.all([startStack(), installTool()]);
});
afterAll(async () => {
  await stack.stop();
  await rm(dir, { recursive: true, force: true });
});

/** As `npm run pack:cli` and `npm install -g` do, into a prefix of its own. */
async function installTool(): Promise<void> {
  await mkdir(join(dir, 'node'));
  await symlink(process.execPath, join(dir, 'node', 'node'));
  await bundleCli(join(dir, 'dist'));
  const npm = (...args: string[]) => promisify(execFile)('npm', args, { cwd: dir, env: { ...process.env, HOME: dir } });
  await npm('pack', './dist/cli', '--pack-destination', dir);
  const tarball = (await readdir(dir)).find((file) => file.endsWith('.tgz')) ?? 'no tarball';
  await npm('install', '--global', '--offline', '--prefix', join(dir, 'prefix'), join(dir, tarball));
}

const environment = () => ({
  PATH: [join(dir, 'prefix', 'bin'), join(dir, 'node'), '/usr/bin', '/bin'].join(delimiter),
  HOME: dir,
  MO_CDC_ENDPOINT: stack.httpEndpoint,
  SOURCE_URI: stack.sourceUri,
  SINK_URI: stack.sinkUri,
});

/** Runs a line in a shell that finds nothing of this repository but the tool that was installed. */
const shell = async (line: string): Promise<string> =>
  (await promisify(execFile)('/bin/sh', ['-c', line], { cwd: dir, env: environment() })).stdout;

describe('the scenario of the documents ends with both ends equal', () => {
  it('by the installed tool alone', async () => {
    const one = `--task-name "${TASK}" --source-uri "$SOURCE_URI"`;
    await playBy(
      {
        create: async () => {
          const created = await shell(`mo_cdc task create ${one} --sink-type "matrixone" --sink-uri "$SINK_URI" \\
            --level table --tables "${TABLES.source}:${TABLES.sink}"`);
          expect(created).toBe('OK\n');
        },
        interrupt: async () => {
          expect(await shell(`mo_cdc task pause ${one}`)).toBe('OK\n');
          expect(await shell(`mo_cdc task show ${one}`)).toContain('"state": "paused"');
        },
        goOn: async () => {
          expect(await shell(`mo_cdc task resume ${one}`)).toBe('OK\n');
        },
        drop: async () => {
          expect(await shell(`mo_cdc task verify ${one}`)).toContain('"tablesDiffering": 0');
          expect(await shell(`mo_cdc task drop ${one}`)).toBe('OK\n');
        },
      },
      stack,
    );
  });

  it('by files alone: what a file no longer declares stops, and goes on once it is declared again', async () => {
    /** A pipeline never has an empty file: this task is always there, and has nothing to do. */
    const other = 'taskName: idle\nlevel: database\ndatabases: [{ source: ways_idle }]\n';
    const ends = 'sourceUri: ${SOURCE_URI}\nsinkUri: ${SINK_URI}\nsinkType: matrixone\n';
    const sync = (options: string): string =>
      `---\ntaskName: ${TASK}\n${ends}tables: [{ source: ${TABLES.source}, sink: ${TABLES.sink} }]\n${options}`;
    const apply = async (...tasks: string[]): Promise<string> => {
      await writeFile(join(dir, 'tasks.yaml'), [`${other}${ends}options: { mode: tick }\n`, ...tasks].join(''));
      return await shell('mo_cdc apply -f tasks.yaml --prune --yes');
    };
    const source = new SqlClient(stack.sourceUri);
    await source.run('create database if not exists ways_idle');
    await playBy(
      {
        create: async () => {
          expect(await apply(sync(''))).toContain('2 created.');
          expect(await apply(sync(''))).toContain('2 unchanged.');
        },
        interrupt: async () => {
          expect(await apply()).toContain('1 dropped');
        },
        goOn: async () => {
          expect(await apply(sync('options: { existingRows: compare }\n'))).toContain('1 created');
        },
        drop: async () => {
          expect(await apply()).toContain('1 dropped');
        },
      },
      stack,
    );
    await shell('mo_cdc task drop --all --yes');
    await source.run('drop database ways_idle');
    source.close();
  });

  it('by a task of CREATE CDC first, which `mo_cdc import` takes over', async () => {
    const source = new SqlClient(stack.sourceUri);
    const sink = new SqlClient(stack.sinkUri);
    const { sourceUri, sinkUri } = stack;
    const copied = async (): Promise<void> => {
      if (!carriesOutNative()) await copyBy(source, sink);
    };
    const inShell = (line: string) => shell(`mo_cdc ${line} --source-uri "$SOURCE_URI"`);
    try {
      await playBy(
        {
          create: async () => {
            await source.run('create pitr ways_native for account range 2 "h"');
            const mapped = { from: TABLES.source, to: TABLES.sink };
            await createNative(source, { name: TASK, sourceUri, sinkUri, ...mapped, full: true });
            await copied();
          },
          changed: copied,
          interrupt: async () => {
            await expect(inShell('import --from-native --create --yes')).rejects.toThrow('may still write');
            await pauseNative(source, TASK);
          },
          goOn: async () => {
            // The sink also has what another tool has got wrong.
            await sink.run(`delete from ${TABLES.sink} where activity_id = 2`);
            const login = parseDatabaseUri(sinkUri);
            const one = `--from-native --task-name ${TASK}`;
            await writeFile(join(dir, 'sink-password'), login.password);
            expect(await inShell(`import ${one} --create --yes --sink-password-file sink-password`)).toContain(
              '1 created.',
            );
          },
          drop: async () => {
            expect(await inShell(`task verify --task-name ${TASK}`)).toContain('"tablesDiffering": 0');
            if (carriesOutNative()) await goBack(source, sink, () => inShell(`task pause --task-name ${TASK}`));
            await inShell(`task drop --task-name ${TASK}`);
          },
        },
        stack,
      );
    } finally {
      await dropNative(source, TASK);
      await source.run('drop pitr if exists ways_native');
      source.close();
      sink.close();
    }
  });

  it('by the console alone', async () => {
    const world = await ConsoleWorld.start();
    const tool = spawn('mo_cdc', ['console', '--no-open'], { cwd: dir, env: environment() });
    const ended = once(tool, 'exit');
    try {
      const [printed] = (await once(tool.stdout, 'data')) as [Buffer];
      const url = /http:\/\/127\.0\.0\.1:\d+\/[\w-]{43}\//u.exec(printed.toString())?.[0] ?? '';
      await playBy(byConsole(await world.visit(`${url}#/create`)), stack);
      expect(world.faults).toEqual([]);
    } finally {
      tool.kill('SIGINT');
      await world.stop();
    }
    expect(await ended).toEqual([0, null]);
  });
});

/** What a task of CREATE CDC would do, in the place of the emulator. */
async function copyBy(source: SqlClient, sink: SqlClient): Promise<void> {
  const rows = await source.query(`select * from ${TABLES.source}`);
  await sink.run(
    `create table if not exists ${TABLES.sink} (activity_id INT PRIMARY KEY, user_id INT, activity_type VARCHAR(50),
      timestamp DATETIME, device VARCHAR(20))`,
    ...rows.map(
      (row) => `replace into ${TABLES.sink} values (${row.map((value) => quoteText(String(value))).join(', ')})`,
    ),
  );
}

/** The task of CREATE CDC takes over again, from its own checkpoint. */
async function goBack(source: SqlClient, sink: SqlClient, pause: () => Promise<string>): Promise<void> {
  await pause();
  await source.run(
    `delete from ${TABLES.source} where activity_id = 3`,
    `insert into ${TABLES.source} values (6, 1006, 'login', '2024-01-05 08:00:00', 'mobile')`,
    `resume cdc task ${TASK}`,
  );
  await eventually('the task of CREATE CDC has caught up', async () => {
    const [from, to] = [
      await source.sorted(`select * from ${TABLES.source}`),
      await sink.sorted(`select * from ${TABLES.sink}`),
    ];
    return from.join() === to.join() ? true : undefined;
  });
}

/** Creates and controls the task by the page, as a person would. */
function byConsole(page: Page) {
  page.setDefaultTimeout(40_000);
  const act = async (name: string): Promise<void> => {
    const actions = page.getByRole('group', { name: 'Actions' });
    await actions.getByRole('button', { name: `${name} …`, exact: true }).click();
    const dialog = page.getByRole('dialog');
    if (name === 'Drop') await dialog.getByLabel('Type the name of the task to go on').fill(TASK);
    await dialog.getByRole('button', { name, exact: true }).click();
    await page.getByText(`${name} was accepted for “${TASK}”.`).waitFor();
  };
  const state = (name: string): Promise<void> => page.locator('.title').getByText(name, { exact: true }).waitFor();
  return {
    create: async (): Promise<void> => {
      await page.getByLabel('Name', { exact: true }).fill(TASK);
      await page.getByLabel('Source: URI of a MatrixOne').fill(stack.sourceUri);
      await page.getByLabel('Kind of sink').selectOption('matrixone');
      await page.getByLabel('Sink: URI of a database').fill(stack.sinkUri);
      const [database = '', table = ''] = TABLES.source.split('.');
      await page.getByRole('button', { name: 'Choose from what the source has' }).click();
      await page.getByRole('button', { name: `${database} →` }).click();
      await page.getByRole('checkbox', { name: table }).check();
      expect(await violations(page)).toEqual([]);
      const tables = page.getByLabel('Tables, one a line');
      expect(await tables.inputValue()).toBe(TABLES.source);
      await tables.fill(`${TABLES.source}:${TABLES.sink}`);
      await page.getByRole('button', { name: 'Check both ends and create' }).click();
      await page.getByText(`The task “${TASK}” was created.`).waitFor();
      await state('running');
    },
    interrupt: async (): Promise<void> => {
      await act('Pause');
      await state('paused');
    },
    goOn: async (): Promise<void> => {
      await act('Resume');
      await state('running');
    },
    drop: async (): Promise<void> => {
      await act('Verify');
      await page.getByText('Source and sink are equal.').waitFor();
      await act('Drop');
    },
  };
}

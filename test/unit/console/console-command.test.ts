import { createServer } from 'node:net';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { MoCdc } from '../../support/mo-cdc.ts';
import { run } from '../../../lib/cli/run.ts';
import { ApiClient } from '../../../lib/cli/client/api-client.ts';
import { systemClock } from '../../../lib/clock.ts';

const PAGE = { script: 's', style: 'c', help: {} };

/** Runs the command, looks at what it serves, and ends it. */
async function serve(page: typeof PAGE | undefined, ...flags: string[]) {
  let out = '';
  let err = '';
  const opened: string[] = [];
  let status: number | undefined;
  const code = await run(['console', ...flags], {
    out: (text) => void (out += text),
    error: (text) => void (err += text),
    clock: systemClock,
    zone: 'UTC',
    connect: () => Promise.resolve(new ApiClient('https://api.example', () => Promise.reject(new Error('away')))),
    console: {
      page,
      openBrowser: (url) => void opened.push(url),
      ended: async () => {
        ({ status } = await fetch(opened[0] ?? /http:\S+/u.exec(out)?.[0] ?? ''));
      },
    },
  });
  return { code, out, err, opened, status };
}

it('serves and opens the page until it is ended', async () => {
  const { code, out, opened, status } = await serve(PAGE);
  expect([code, status]).toEqual([0, 200]);
  const url = /http\S+/u.exec(out.split('\n')[1] ?? '')?.[0] ?? '';
  expect(out).toContain('https://api.example');
  // Another user of the machine may read the arguments of the program that opens the browser.
  expect(opened).toHaveLength(1);
  expect(opened[0]).not.toContain(new URL(url).pathname.replaceAll('/', ''));
  await expect(fetch(url)).rejects.toThrow();
});

it('opens nothing with --no-open', async () => {
  expect(await serve(PAGE, '--no-open')).toMatchObject({ code: 0, opened: [], status: 200 });
});

it('says when the port is taken, and that the page is not built', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  expect(await serve(PAGE, '--port', String(port))).toMatchObject({
    code: 2,
    err: `error: The port ${port} cannot be used (EADDRINUSE). Name another one, or leave --port out.\n`,
  });
  other.close();
  expect(await serve(undefined)).toMatchObject({ code: 1, err: expect.stringContaining('npm run build') as string });
});

it('refuses a port that is none', async () => {
  expect(await new MoCdc().run('console', '--port', '70000')).toMatchObject({ code: 2 });
});

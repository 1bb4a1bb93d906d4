import { describe, expect, it } from 'vitest';
import { CdcError } from '../../../lib/errors.ts';
import { connectWithPassword } from '../../../lib/wire/kept-password.ts';
import { parseDatabaseUri } from '../../../lib/task/uri/database-uri.ts';
import { MemorySecrets } from '../../support/memory-secrets.ts';

const DENIED = new CdcError('SINK_ACCESS_DENIED', "The sink said: Access denied for user 'u' (error 1045)");

/** A server that takes one password, and secrets that hold one until they are asked to look again. */
function world(taken: string, ...held: string[]) {
  const secrets = new MemorySecrets();
  secrets.others.set('/pw', held[0] ?? '');
  secrets.forget = () => void secrets.others.set('/pw', held[1] ?? held[0] ?? '');
  const tried: string[] = [];
  const connect = (password: string): Promise<string> => {
    tried.push(password);
    return password === taken ? Promise.resolve('connected') : Promise.reject(DENIED);
  };
  const to = (uri: string) => connectWithPassword(parseDatabaseUri(uri), { end: 'sink', secrets }, connect);
  return { secrets, tried, connect, to };
}

const REFERRED = 'mysql://u:{{resolve:ssm:/pw}}@h';

describe('a password that is kept elsewhere', () => {
  it('is what is connected with', async () => {
    const { to, tried } = world('right', 'right');
    expect(await to(REFERRED)).toBe('connected');
    expect(tried).toStrictEqual(['right']);
  });

  it('is read again when it is refused', async () => {
    const { to, tried } = world('new', 'old', 'new');
    expect(await to(REFERRED)).toBe('connected');
    expect(tried).toStrictEqual(['old', 'new']);
  });

  it('may be mended while the task waits, and is not tried twice', async () => {
    const { to, tried } = world('new', 'old');
    const failed = to(REFERRED);
    await expect(failed).rejects.toMatchObject({ code: 'SINK_SECRET', retry: true });
    await expect(failed).rejects.toThrow('the parameter /pw');
    expect(tried).toStrictEqual(['old']);
  });

  it('is an error of the end where it cannot be read', async () => {
    const { to, secrets, tried } = world('new');
    secrets.others.clear();
    await expect(to(REFERRED)).rejects.toMatchObject({ code: 'SINK_SECRET', retry: true });
    expect(tried).toStrictEqual([]);
  });

  it("fails the task where it is the task's own: only another login helps", async () => {
    const { to, secrets } = world('new');
    await secrets.propose('id/1', { sink: 'old' });
    await expect(to('mysql://u:{{task-secret:id/1:sink}}@h')).rejects.toMatchObject({ code: 'SINK_ACCESS_DENIED' });
  });

  it('goes to no other place than the one it is for, not even to see whether it is taken', async () => {
    const { to, tried } = world('right', JSON.stringify({ host: 'db.prod', port: 3306, password: 'right' }));
    const refused = to('mysql://u:{{resolve:ssm:/pw}}@evil.test:3306');
    await expect(refused).rejects.toMatchObject({ code: 'SINK_SECRET' });
    await expect(refused).rejects.toThrow('it is for db.prod:3306 and not for evil.test:3306');
    await expect(to('mysql://u:{{resolve:ssm:/pw}}@db.prod:3307')).rejects.toMatchObject({ code: 'SINK_SECRET' });
    expect(tried).toStrictEqual([]);
  });

  it('is not looked for where the URI holds it', async () => {
    const { to, secrets } = world('right');
    expect(await to('mysql://u:right@h')).toBe('connected');
    await expect(to('mysql://u:wrong@h')).rejects.toBe(DENIED);
    expect(secrets.reads).toBe(0);
  });

  it('is not read again for any other error', async () => {
    const { secrets } = world('', 'pw');
    const lost = new CdcError('SINK_UNREACHABLE', 'gone');
    const tried = connectWithPassword(parseDatabaseUri(REFERRED), { end: 'sink', secrets }, () => Promise.reject(lost));
    await expect(tried).rejects.toBe(lost);
    expect(secrets.reads).toBe(1);
  });
});

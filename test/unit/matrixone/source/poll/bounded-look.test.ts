import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { BoundedLook } from '../../../../../lib/matrixone/source/poll/bounded-look.ts';
import type { Connection } from '../../../../../lib/wire/connection.ts';

/** A server whose looks take as long as it is told to, unless they are killed. */
class FakeServer {
  takes = 0;
  readonly killed: string[] = [];
  /** Sessions whose work has failed: a pool does not use these again. */
  discarded = 0;
  #sessions = 0;

  readonly look = new BoundedLook(async (_pins, work) => {
    const id = (this.#sessions += 1);
    const query = (sql: string): Promise<unknown> => {
      this.killed.push(sql);
      return Promise.resolve({});
    };
    try {
      return await work({ id, query } as unknown as Connection);
    } catch (error) {
      this.discarded += 1;
      throw error;
    }
  });

  async changed(answer: boolean): Promise<{ changed: boolean; took: number }> {
    const begun = performance.now();
    const changed = await this.look.changed([], async () => {
      await sleep(this.takes);
      return answer;
    });
    return { changed, took: performance.now() - begun };
  }
}

describe('a look for changes', () => {
  it('says what the server says', async () => {
    const server = new FakeServer();
    expect((await server.changed(false)).changed).toBe(false);
    expect((await server.changed(true)).changed).toBe(true);
    expect(server.killed).toEqual([]);
    expect(server.discarded).toBe(0);
  });

  it('takes a long one for a yes, ends it at the server, and does not use its session again', async () => {
    const server = new FakeServer();
    server.takes = 3_000;
    const { changed, took } = await server.changed(false);
    expect(changed).toBe(true);
    expect(took).toBeLessThan(2_500);
    expect(server.killed).toEqual(['kill query 1']);
    expect(server.discarded).toBe(1);
  });

  it('has more patience with a server that is slow, so that it is not for ever taken for changed', async () => {
    const server = new FakeServer();
    server.takes = 700;
    const answers: boolean[] = [];
    for (let i = 0; i < 7; i++) answers.push((await server.changed(false)).changed);
    // 30, 60, 120, 240, 480, 960 milliseconds; then five times what the last one took.
    expect(answers).toEqual([true, true, true, true, true, false, false]);
  });

  it('fails as the server does, and survives a server that cannot end it', async () => {
    const server = new FakeServer();
    await expect(server.look.changed([], () => Promise.reject(new Error('lost')))).rejects.toThrow('lost');
    let lent = 0;
    const alone = new BoundedLook(async (_pins, work) => {
      if ((lent += 1) > 1) throw new Error('no more connections');
      return await work({ id: 1 } as unknown as Connection);
    });
    expect(await alone.changed([], () => sleep(3_000, false))).toBe(true);
  });
});

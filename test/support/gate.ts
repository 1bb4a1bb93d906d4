/** Called before and after every call of a gated object. It may wait (a frozen process) or throw (a killed one). */
export type Gate = (call: string, when: 'before' | 'after') => Promise<void>;

const STREAMS: ReadonlySet<string | symbol> = new Set(['readRange', 'readKeys', 'readChanges']);

/** The same object, but every asynchronous call, and every step of every stream, passes the gate. */
export function gated<T extends object>(target: T, label: string, gate: Gate): T {
  return new Proxy(target, {
    get(object, property) {
      const member: unknown = Reflect.get(object, property);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]): unknown => {
        if (property === 'close') return call(object, member, args);
        const name = `${label}.${String(property)}`;
        if (name.endsWith('beginBatch')) return gated(call(object, member, args) as object, `${label}.batch`, gate);
        if (STREAMS.has(property) || name === 'store.list') {
          return gatedStream(() => call(object, member, args) as AsyncIterable<unknown>, name, gate);
        }
        return gatedCall(() => call(object, member, args), name, gate);
      };
    },
  });
}

const call = (object: object, member: unknown, args: unknown[]): unknown =>
  Reflect.apply(member as (...args: unknown[]) => unknown, object, args);

async function gatedCall(run: () => unknown, name: string, gate: Gate): Promise<unknown> {
  await gate(name, 'before');
  const result: unknown = await run();
  await gate(name, 'after');
  return result;
}

async function* gatedStream(open: () => AsyncIterable<unknown>, name: string, gate: Gate): AsyncIterable<unknown> {
  await gate(name, 'before');
  for await (const item of open()) {
    yield item;
    await gate(`${name} step`, 'after');
  }
}

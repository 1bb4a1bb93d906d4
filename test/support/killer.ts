import type { Gate } from './gate.ts';

/** Milliseconds after which a killed worker has lost its lease. */
export const LEASE_RUNS_OUT = 31_000;

/** Counts the calls that pass the gate. At the given one the process dies: everything it tries later throws. */
export function killer(at: number): { gate: Gate; passed: () => number; killed: () => string | undefined } {
  let passed = 0;
  let killed: string | undefined;
  const gate: Gate = async (call, when) => {
    await Promise.resolve();
    if (killed !== undefined) throw new Error('The process is dead.');
    passed += 1;
    if (passed !== at) return;
    killed = `${when} ${call}`;
    throw new Error('The process is killed.');
  };
  return { gate, passed: () => passed, killed: () => killed };
}

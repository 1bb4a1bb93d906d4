import type { Gate } from './gate.ts';
import type { MemoryWorld } from './memory-world.ts';

/** Notes the calls that pass. */
export function recorder(): { calls: string[]; gate: Gate } {
  const calls: string[] = [];
  const gate: Gate = async (call, when) => {
    await Promise.resolve();
    if (when === 'before') calls.push(call);
  };
  return { calls, gate };
}

/** One chunk a slice, so that each is stored; dies at a passage through the gate. */
export const killer = (world: MemoryWorld, at: number): { gate: Gate; died: () => boolean } => {
  let passed = 0;
  const gate: Gate = async (call, when) => {
    await Promise.resolve();
    if (passed >= at) throw new Error('The process is dead.');
    passed += 1;
    if (passed >= at) throw new Error('The process is killed.');
    if (/^(?:source.checksum|sink.readRange)$/u.test(call) && when === 'before') world.clock.jump(600);
  };
  return { gate, died: () => passed >= at };
};

import { readFileSync } from 'node:fs';

/** The most memory this process ever had resident, in bytes; Linux only, else what it has now. */
export function peakMemory(): number {
  try {
    const found = /^VmHWM:\s+(?<kib>\d+) kB$/mu.exec(readFileSync('/proc/self/status', 'latin1'))?.groups?.['kib'];
    if (found !== undefined) return Number(found) * 1024;
  } catch {
    // No /proc.
  }
  return process.memoryUsage.rss();
}

import { expect, it } from 'vitest';
import { PROFILE_NAMES, PROFILES } from '../../storm/profiles.ts';
import { startSite } from '../../storm/site.ts';
import { runStorm } from '../../storm/storm.ts';
import { replayOf } from '../../storm/storm-options.ts';
import { within } from '../../storm/within.ts';

const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1_000_000));
/** Another one in every run, unless the seed is given. */
const PROFILE = PROFILE_NAMES[SEED % PROFILE_NAMES.length] ?? 'tables';
const OPTIONS = { minutes: 1, seed: SEED, profile: PROFILE, pace: 3, restart: undefined, compact: true };

it(`a minute of storm leaves the sink as the source was at every window, and as it is in the end: ${replayOf(OPTIONS)}`, async () => {
  const site = await startSite(PROFILES[PROFILE].sinkType);
  try {
    const { problems, windowsCompared, journal } = await runStorm(OPTIONS, site);
    const last = problems.length === 0 ? '' : [...journal.last(), replayOf(OPTIONS)].join('\n');
    expect(problems, last).toEqual([]);
    expect(windowsCompared).toBeGreaterThan(0);
    // Something has happened.
    for (const what of ['crew kills', 'worker task.error', 'weather-store', 'weather-source', 'weather-sink']) {
      expect(journal.count(what), what).toBeGreaterThan(0);
    }
    const slept = journal.count('tick finds the pace tick');
    const woken = journal.count('tick finds the pace continuous');
    if (PROFILE === 'adaptive') expect(Math.min(slept, woken)).toBeGreaterThan(0);
    else expect(slept + woken).toBe(0);
  } finally {
    await within(60_000, () => 'the servers have stopped', site.stop());
  }
  // Longer than all waits that end with an error which says more.
}, 1_200_000);

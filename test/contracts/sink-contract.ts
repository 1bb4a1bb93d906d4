import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { describeBatches } from './sink-batches.ts';
import { describeFence } from './sink-fence.ts';
import { describeLoads } from './sink-loads.ts';
import { describeOwners } from './sink-owners.ts';
import { describeVersions } from './sink-versions.ts';
import { describeSinkKeys } from './sink-keys.ts';
import { describePlans } from './sink-plans.ts';
import { describeSharing } from './sink-sharing.ts';
import { describeRefusals } from './sink-refusals.ts';
import { describeResync } from './sink-resync.ts';
import { SinkWorld, type SinkFixture } from './sink-world.ts';

/** What the engine relies on in a sink, tried with a real database behind it. */
export function describeSink(name: string, start: () => Promise<SinkFixture>): void {
  describe(`sink contract: ${name}`, () => {
    const world = new SinkWorld(start);
    beforeAll(() => world.start());
    afterEach(() => world.closeSinks());
    afterAll(() => world.stop());

    describeFence(world);
    describeOwners(world);
    describeVersions(world);
    describeLoads(world);
    describeSharing(world);
    describePlans(world);
    describeBatches(world);
    describeRefusals(world);
    describeResync(world);
    describeSinkKeys(world);
  });
}

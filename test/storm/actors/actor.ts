import { setTimeout as delay } from 'node:timers/promises';

/** One of those who make a storm. Each has choices of its own. */
export interface Actor {
  readonly name: string;
  /** One step. What it throws is noted, and no failure of the storm. */
  step(wanted: () => boolean): Promise<void>;
  /** How long to rest after it; milliseconds. */
  pause(): number;
  close(): void;
}

export async function act(actor: Actor, wanted: () => boolean, onError: (error: unknown) => void): Promise<void> {
  while (wanted()) {
    try {
      await actor.step(wanted);
    } catch (error) {
      onError(error);
    }
    await delay(actor.pause());
  }
  actor.close();
}

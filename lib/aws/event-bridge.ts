import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { BusEvent, EventBus } from '../store/announcements.ts';

/** EventBridge takes so many events in one request. */
const MOST_AT_ONCE = 10;

/** A private network may have no way to EventBridge: then do not wait long. Milliseconds. */
const TIMES = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
};

/** Puts events on the account's default bus. The SDK's client is loaded when first needed. */
export class EventBridgeBus implements EventBus {
  #client: Promise<EventBridgeClient> | undefined;

  async send(events: readonly BusEvent[]): Promise<void> {
    const { EventBridgeClient, PutEventsCommand } = await import('./event-bridge-client.ts');
    this.#client ??= Promise.resolve(new EventBridgeClient(TIMES));
    const client = await this.#client;
    for (let from = 0; from < events.length; from += MOST_AT_ONCE) {
      const Entries = events.slice(from, from + MOST_AT_ONCE).map(({ source, type, at, detail }) => ({
        Source: source,
        DetailType: type,
        Time: new Date(at),
        Detail: JSON.stringify(detail),
      }));
      const answer = await client.send(new PutEventsCommand({ Entries }));
      // A request may be accepted in part.
      const refused = answer.Entries?.find(({ ErrorCode }) => ErrorCode !== undefined);
      if (refused !== undefined) throw new Error(`EventBridge refused an event: ${refused.ErrorCode}`);
    }
  }
}

import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { LoaderStarter, LoadOrder } from '../replication/load-order.ts';

/** What the loaders' function gets. */
export interface LoadEvent {
  readonly taskName: string;
  readonly taskId: string;
  readonly epoch: number;
  readonly place: number;
}

/** Starts loaders as asynchronous invocations: Lambda takes the order and answers at once. */
export class LambdaLoaderStarter implements LoaderStarter {
  readonly #client: LambdaClient;
  readonly #functionName: string;

  constructor(
    functionName: string,
    client = new LambdaClient({
      requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
    }),
  ) {
    this.#client = client;
    this.#functionName = functionName;
  }

  async start({ key, place }: LoadOrder): Promise<void> {
    const event: LoadEvent = { taskName: key.name, taskId: key.id, epoch: key.epoch, place };
    const Payload = JSON.stringify(event);
    await this.#client.send(new InvokeCommand({ FunctionName: this.#functionName, InvocationType: 'Event', Payload }));
  }
}

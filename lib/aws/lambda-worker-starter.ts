import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { WorkerStarter } from '../task/worker-starter.ts';

/** Starts workers as asynchronous invocations: Lambda takes the order and answers at once. */
export class LambdaWorkerStarter implements WorkerStarter {
  readonly #client: LambdaClient;
  readonly #functionName: string;

  constructor(
    functionName: string,
    client = new LambdaClient({ requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000 } }),
  ) {
    this.#client = client;
    this.#functionName = functionName;
  }

  async start(taskName: string): Promise<void> {
    const Payload = JSON.stringify({ taskName });
    await this.#client.send(new InvokeCommand({ FunctionName: this.#functionName, InvocationType: 'Event', Payload }));
  }
}

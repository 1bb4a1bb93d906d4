import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CdcError } from '../errors.ts';
import type { WorkerStarter } from '../task/worker-starter.ts';

/** Starts workers as asynchronous invocations: Lambda takes the order and answers at once. */
export class LambdaWorkerStarter implements WorkerStarter {
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

  /** WORKER_NOT_STARTED, whatever the reason: the next tick tries again. */
  async start(taskName: string): Promise<void> {
    const Payload = JSON.stringify({ taskName });
    const order = new InvokeCommand({ FunctionName: this.#functionName, InvocationType: 'Event', Payload });
    try {
      await this.#client.send(order);
    } catch (error) {
      const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      throw new CdcError('WORKER_NOT_STARTED', `Lambda did not take the order: ${reason}`, { cause: error });
    }
  }
}

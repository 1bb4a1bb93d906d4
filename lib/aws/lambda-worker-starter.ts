import type { LambdaClient } from '@aws-sdk/client-lambda';
import { CdcError } from '../errors.ts';
import type { WorkerStarter } from '../store/worker-starter.ts';
import { LambdaOrders } from './lambda-orders.ts';

/** Starts workers by invoking their function. */
export class LambdaWorkerStarter implements WorkerStarter {
  readonly #orders: LambdaOrders;

  constructor(functionName: string, client?: LambdaClient) {
    this.#orders = new LambdaOrders(functionName, client);
  }

  /** Throws WORKER_NOT_STARTED for any reason. The next tick tries again. */
  async start(taskName: string): Promise<void> {
    try {
      await this.#orders.send({ taskName });
    } catch (error) {
      const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      throw new CdcError('WORKER_NOT_STARTED', `Lambda did not take the order: ${reason}`, { cause: error });
    }
  }
}

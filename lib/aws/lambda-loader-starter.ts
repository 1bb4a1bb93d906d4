import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { LoaderStarter, LoadOrder } from '../store/load-order.ts';
import { LambdaOrders } from './lambda-orders.ts';

/** The event that the loaders' function gets. */
export interface LoadEvent {
  readonly taskName: string;
  readonly taskId: string;
  readonly epoch: number;
  readonly place: number;
}

/** Starts loaders by invoking their function. */
export class LambdaLoaderStarter implements LoaderStarter {
  readonly #orders: LambdaOrders;

  constructor(functionName: string, client?: LambdaClient) {
    this.#orders = new LambdaOrders(functionName, client);
  }

  async start({ key, place }: LoadOrder): Promise<void> {
    const event: LoadEvent = { taskName: key.name, taskId: key.id, epoch: key.epoch, place };
    await this.#orders.send(event);
  }
}

import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';

/** Invokes a function asynchronously: Lambda accepts the event and answers at once. */
export class LambdaOrders {
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

  async send(event: object): Promise<void> {
    const Payload = JSON.stringify(event);
    await this.#client.send(new InvokeCommand({ FunctionName: this.#functionName, InvocationType: 'Event', Payload }));
  }
}

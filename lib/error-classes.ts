/**
 * The consequence of an error for a task or a request:
 *
 * - `retry`: the same step may succeed soon. The worker tries again with growing, random waits, then at every tick.
 * - `operator`: somebody must act. The task stops as failed. When it is resumed, it goes on from where it stopped.
 * - `table`: like `operator`, but the error belongs to one table. With `tableErrors: ignore` the worker sets that table
 *   aside, and the others go on.
 * - `never`: trying again gives the same error. Another request or command is needed; the action names it.
 */
export const ERROR_CLASSES = ['retry', 'operator', 'table', 'never'] as const;
export type ErrorClass = (typeof ERROR_CLASSES)[number];

/**
 * The subject of an error:
 *
 * - `request`: the request itself.
 * - `command`: the command does not fit the task's present state. Nothing was stored, and nothing will be.
 * - `task`: the whole task, usually its source or its sink. Every table would meet the error.
 * - `basis`: source or sink is not as the task left it. A resync of the whole task repairs that.
 * - `worker`: another worker has the task.
 * - `store`: the DynamoDB table that holds the tasks. The messages speak of the AWS account, and are for the log only.
 * - `service`: a service that the product runs on, or a defect of the product. The messages are for the log only, too.
 * - `step`: only the step under way. If a table is being compared, the error is noted with the table.
 * - `definition`: one table that no task can replicate, because of its definition.
 * - `table`: one table that alone meets the error.
 * - `row`: a row of one table, which the sink refuses.
 */
export const ERROR_SCOPES = [
  ...(['request', 'command', 'task', 'basis', 'worker', 'store', 'service', 'step'] as const),
  ...(['definition', 'table', 'row'] as const),
];
export type ErrorScope = (typeof ERROR_SCOPES)[number];

export interface ErrorKind {
  /** The HTTP status of a request that ends in this error. */
  readonly status: number;
  readonly class: ErrorClass;
  readonly scope: ErrorScope;
  /** The action for the operator. */
  readonly action: string;
}

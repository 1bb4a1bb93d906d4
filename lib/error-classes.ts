/**
 * What becomes of a task, or of a request, after an error:
 *
 * - `retry`: the same step may succeed soon. It is tried again with growing, random waits, then with every tick.
 * - `operator`: somebody has to act. The task stops as failed, and goes on from where it stands when it is resumed.
 * - `table`: as before, but it is one table's own: with `tableErrors: ignore` the table is set aside, the others go on.
 * - `never`: the same again comes to the same. Another request or command is needed; the action names it.
 */
export const ERROR_CLASSES = ['retry', 'operator', 'table', 'never'] as const;
export type ErrorClass = (typeof ERROR_CLASSES)[number];

/**
 * What an error is about:
 *
 * - `request`: the request itself.
 * - `command`: the command does not go with the task as it is. Nothing was stored, and nothing will be.
 * - `task`: the task as a whole, usually one of its ends: every table would meet it.
 * - `basis`: what the task stands on is not what it left, at the source or at the sink. A resync of the whole task repairs that.
 * - `worker`: another worker has the task.
 * - `store`: the DynamoDB table that holds the tasks. Its messages speak of the account, and are for the log.
 * - `service`: what the product runs on, or a defect of the product. Its messages are for the log as well.
 * - `step`: no more than what was under way. While a table is compared, the error is noted with the table.
 * - `definition`: one table, which is such that no task can replicate it.
 * - `table`: one table, where the error comes with one table only.
 * - `row`: a row of one table, which the sink refuses.
 */
export const ERROR_SCOPES = [
  ...(['request', 'command', 'task', 'basis', 'worker', 'store', 'service', 'step'] as const),
  ...(['definition', 'table', 'row'] as const),
];
export type ErrorScope = (typeof ERROR_SCOPES)[number];

export interface ErrorKind {
  /** HTTP status when a request is answered with this error. */
  readonly status: number;
  readonly class: ErrorClass;
  readonly scope: ErrorScope;
  /** What the operator should do. */
  readonly action: string;
}

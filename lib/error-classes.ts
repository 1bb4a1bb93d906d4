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

export interface ErrorKind {
  /** HTTP status when a request is answered with this error. */
  readonly status: number;
  readonly class: ErrorClass;
  /** Of another class than `table`, but where it comes with one table only, it is taken for that table's own. */
  readonly mayBeOfTable?: true;
  /** What the operator should do. */
  readonly action: string;
}

import { tableKey, type TableName } from '../task/task.ts';

/** A sink table that another task owns. */
export interface TakenTable {
  readonly name: TableName;
  /** The id of that task, which may belong to another deployment. */
  readonly taskId: string;
}

export const takenText = ({ name, taskId }: TakenTable): string =>
  `Another task, whose id is ${taskId}, writes to the sink table ${tableKey(name)}.`;

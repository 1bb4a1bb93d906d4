import { tableKey, type TableName } from '../task/task.ts';

/** A sink table that another task writes to. */
export interface TakenTable {
  readonly name: TableName;
  /** Id of that task, which may be one of another deployment. */
  readonly taskId: string;
}

export const takenText = ({ name, taskId }: TakenTable): string =>
  `Another task, whose id is ${taskId}, writes to the sink table ${tableKey(name)}.`;

/** What CloudFormation would put in the place of its functions, for resources that are not there yet. */
const ACCOUNT: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::Region': 'eu-central-1',
  'AWS::AccountId': '111122223333',
  TaskTable: 'tasks',
  'TaskTable.Arn': 'arn:aws:dynamodb:eu-central-1:111122223333:table/tasks',
  'FailedRuns.Arn': 'arn:aws:sqs:eu-central-1:111122223333:failed-runs',
};

const valueOf = (name: string): string => {
  const value = ACCOUNT[name];
  if (value === undefined) throw new Error(`Say in ${import.meta.filename} what ${name} is.`);
  return value;
};

/** The stack makes its own table, and no deployment of these tests takes over another one. */
const CONDITIONS: Readonly<Record<string, boolean>> = { OwnsTable: true };

function chosen([condition, then, otherwise]: readonly [string, unknown, unknown]): unknown {
  const holds = CONDITIONS[condition];
  if (holds === undefined) throw new Error(`Say in ${import.meta.filename} whether ${condition} holds.`);
  return holds ? then : otherwise;
}

/** A part of a template with its functions Ref, Fn::If, Fn::GetAtt and Fn::Sub resolved. */
export function resolved(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(resolved);
  if (typeof part !== 'object' || part === null) return part;
  const entries = Object.entries(part);
  const [[name, value] = ['', undefined]] = entries;
  if (name === 'Fn::If') return resolved(chosen(value as readonly [string, unknown, unknown]));
  if (name === 'Ref') return valueOf(String(value));
  if (name === 'Fn::GetAtt') return valueOf([value].flat().join('.'));
  if (name === 'Fn::Sub') return String(value).replaceAll(/\$\{([^}]+)\}/gu, (_, found: string) => valueOf(found));
  return Object.fromEntries(entries.map(([key, inner]) => [key, resolved(inner)]));
}

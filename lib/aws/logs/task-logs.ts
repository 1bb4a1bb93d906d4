import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { type AwsAccess, clientConfig } from '../client-config.ts';

/** Functions whose lines are about one task: its workers, and those who help them with a load. */
const FUNCTIONS = ['replicate', 'load-chunks'] as const;

export interface LogLine {
  /** Tells lines apart that are read twice. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly text: string;
}

/** Reads the log lines of tasks of a deployment from CloudWatch. */
export class CloudWatchTaskLogs {
  readonly #client: CloudWatchLogsClient;
  readonly #groups: readonly string[];

  constructor({ service, stage }: { readonly service: string; readonly stage: string }, access: AwsAccess) {
    this.#client = new CloudWatchLogsClient(clientConfig(access));
    this.#groups = FUNCTIONS.map((name) => `/aws/lambda/${service}-${stage}-${name}`);
  }

  /**
   * All lines about the task since a time, in order. CloudWatch compares the field, so only these lines cross the
   * network. Its pattern has the name as a JSON text. Throws the SDK's error.
   */
  async read(task: string, since: number): Promise<LogLine[]> {
    const found = await Promise.all(this.#groups.map((group) => this.#ofGroup(group, task, since)));
    return found.flat().toSorted((a, b) => a.at - b.at);
  }

  close(): void {
    this.#client.destroy();
  }

  async #ofGroup(logGroupName: string, task: string, startTime: number): Promise<LogLine[]> {
    const lines: LogLine[] = [];
    const filterPattern = `{ $.task = ${JSON.stringify(task)} }`;
    for (let nextToken: string | undefined; ;) {
      const asked = { logGroupName, startTime, filterPattern, ...(nextToken === undefined ? {} : { nextToken }) };
      const answer = await this.#client.send(new FilterLogEventsCommand(asked)).catch(ifThere);
      for (const { eventId, logStreamName = '', timestamp = 0, message = '' } of answer?.events ?? []) {
        // Emulators may leave the id out.
        lines.push({ id: eventId ?? `${logStreamName} ${timestamp} ${message}`, at: timestamp, text: message });
      }
      if (answer?.nextToken === undefined) return lines;
      nextToken = answer.nextToken;
    }
  }
}

/** A function that has never run may have no log group yet. */
function ifThere(error: unknown): undefined {
  if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
  throw error;
}

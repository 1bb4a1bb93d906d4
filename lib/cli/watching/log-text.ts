/** A log line of a function, as far as it is known. */
type Entry = Readonly<Record<string, unknown>>;

/** Fields that stand before the others, or that say nothing new to those who have asked for one task. */
const APART: ReadonlySet<string> = new Set(['time', 'level', 'event', 'task', 'taskId', 'requestId', 'function']);

/**
 * The lines of a message that are about the task, each as `time level event field=value …`. Lambda's own lines and the
 * lines from which CloudWatch takes metrics are left out.
 */
export function readableLines(message: string, task: string): string[] {
  return message.split('\n').flatMap((line) => {
    const entry = entryOf(line);
    if (entry?.['task'] !== task || '_aws' in entry) return [];
    const { time, level, event } = entry;
    const head = [wordOf(time), wordOf(level).padEnd(5), wordOf(event)];
    const rest = Object.entries(entry).filter(([name, value]) => !APART.has(name) && value !== undefined);
    return [[...head, ...rest.map(([name, value]) => `${name}=${valueText(value)}`)].join(' ')];
  });
}

function entryOf(line: string): Entry | undefined {
  // A tracing agent or Lambda may put something before it.
  const start = line.indexOf('{');
  if (start < 0) return undefined;
  try {
    const found: unknown = JSON.parse(line.slice(start));
    return typeof found === 'object' && found !== null ? (found as Entry) : undefined;
  } catch {
    return undefined;
  }
}

const wordOf = (value: unknown): string => (typeof value === 'string' ? value : '-');

/** A text without spaces as it is, everything else as JSON. Of an error, its code and message: the stack is long. */
function valueText(value: unknown): string {
  if (typeof value === 'string') return /^[^\s"]+$/u.test(value) ? value : JSON.stringify(value);
  if (typeof value !== 'object' || value === null || !('stack' in value)) return JSON.stringify(value);
  const { code, message } = value as { readonly code?: unknown; readonly message?: unknown };
  return JSON.stringify(code === undefined ? wordOf(message) : `${wordOf(code)}: ${wordOf(message)}`);
}

import { expect } from 'vitest';
import { eventOf, type Sent } from '../api-events.ts';

const http = (sent: Sent, statusCode: number, part: string): [object, object] => [
  eventOf(sent),
  { statusCode, body: expect.stringContaining(part) as string },
];
const ofNoTask = http({ name: 'orders' }, 404, 'TASK_NOT_FOUND');
/** What each function gets, and what its answer has in an account without any task. */
export const CALLS: Readonly<Record<string, [object, object]>> = {
  tick: [{}, { tasks: 0, started: 0, failed: 0 }],
  replicate: [{ taskName: 'orders' }, { outcome: 'gone' }],
  'load-chunks': [{ taskName: 'orders', taskId: 'id', epoch: 1, place: 1 }, { outcome: 'void' }],
  'create-task': http({ body: {} }, 422, 'complaints'),
  'list-source': http({ body: {} }, 422, 'complaints'),
  'edit-task': http({ name: 'orders', body: { options: { chunkRows: 10 } } }, 404, 'TASK_NOT_FOUND'),
  'list-tasks': http({}, 200, '"tasks":[]'),
  'show-task': ofNoTask,
  'pause-task': ofNoTask,
  'resume-task': ofNoTask,
  'restart-task': ofNoTask,
  'drop-task': ofNoTask,
  'verify-task': ofNoTask,
  'resync-task': ofNoTask,
  openapi: http({}, 200, '"openapi":"3.1.0"'),
  'unknown-route': http({}, 404, 'ROUTE_UNKNOWN'),
  health: http({}, 200, '"ok"'),
};

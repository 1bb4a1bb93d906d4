import { setTimeout as delay } from 'node:timers/promises';
import { isAlive, readRunning } from './running-stack.ts';

// `npm run stack:down`: stops the stack that `npm run stack:up` started, and waits until it is gone.
const stack = await readRunning();
if (stack === undefined) {
  console.log('There is no stack running.');
} else {
  process.kill(stack.pid, 'SIGTERM');
  while (isAlive(stack.pid)) await delay(100);
  console.log('The stack is down.');
}

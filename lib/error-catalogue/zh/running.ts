import type { RUNNING } from '../running.ts';
import * as actions from './actions.ts';
import type { ErrorText } from './text.ts';

/** Errors of workers and of their services in Chinese. */
export const RUNNING_ZH = {
  TYPE_UNSUPPORTED: {
    title: '不支持这种列类型',
    action: '请把该表移出任务。任务不能只排除个别的列。',
  },
  FENCED: { title: '任务已由另一个工作进程接管', action: '无需操作：更新的工作进程已接管任务。' },
  TASK_EDITED: { title: '任务已被修改', action: '无需操作：工作进程会按修改后的任务重新开始。' },
  LEASE_LOST: {
    title: '工作进程失去了任务',
    action: '无需操作：更新的工作进程已接管任务，或任务已被删除。',
  },
  SECRET_ERROR: {
    title: '密钥服务出错',
    action: `请检查 Secrets Manager 是否正常，以及函数的角色是否有访问它的权限。${actions.WAY_OUT}然后重新发送请求。`,
  },
  STORE_ERROR: {
    title: '任务存储出错',
    action: `请等待：会自动重试。如果错误一直存在，请阅读它的消息，并检查该区域 DynamoDB 的健康状况。${actions.WAY_OUT}`,
  },
  STORE_NEWER: {
    title: '任务记录来自更新的版本',
    action: '请重新部署较新的或更高的产品版本：当前版本不会处理这个任务。参见 docs/deploy.md 中的“Going back”。',
  },
  STORE_THROTTLED: {
    title: '任务存储被限流',
    action: '请等待：会自动重试。如果错误一直存在，请检查账户的配额和 DynamoDB 表的限制。',
  },
  STORE_DENIED: {
    title: '没有访问任务存储的权限',
    action: '请重新赋予函数的角色访问 DynamoDB 表的权限：重新部署整个栈。之后任务会自动继续。',
  },
  STORE_MISSING: {
    title: '任务存储不见了',
    action: '请以原名恢复 DynamoDB 表，或重新部署整个栈。恢复的表中的任务会自动继续。',
  },
  STORE_REFUSED: {
    title: '任务存储拒绝了请求',
    action: '如果消息涉及一个项目的大小，请把表分到几个任务中。否则请连同日志报告这个错误。',
  },
  WORKER_NOT_STARTED: {
    title: '工作进程无法启动',
    action: '请等待：下一次定时触发会重试。如果错误一直存在，请检查工作函数的并发数，以及定时函数的权限。',
  },
  INTERNAL: { title: '内部错误', action: '请连同消息和函数的日志报告这个错误。' },
} as const satisfies Record<keyof typeof RUNNING, ErrorText>;

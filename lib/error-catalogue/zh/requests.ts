import type { REQUESTS } from '../requests.ts';
import type { ErrorText } from './text.ts';

/** Errors of requests in Chinese. */
export const REQUESTS_ZH = {
  REQUEST_INVALID: { title: '请求的内容有误', action: '请更正所指出的字段，然后重新发送请求。' },
  REQUEST_MALFORMED: {
    title: '请求的格式有误',
    action: '请发送一个 JSON 对象，并带上 Content-Type: application/json。',
  },
  REQUEST_TOO_LARGE: { title: '请求过大', action: '请缩小请求体，或把任务拆分成几个。' },
  REQUEST_TIMEOUT: {
    title: '请求超时',
    action: '请求可能已经执行。请查看任务（`mo_cdc task show --task-name NAME`），如果没有任何变化，再重新发送请求。',
  },
  ROUTE_UNKNOWN: {
    title: '没有这个 API 路由',
    action: '可用的路由见 GET /openapi.json 或 docs/reference/api.md。',
  },
  TASK_EXISTS: {
    title: '已有同名的任务',
    action: '请换一个名称，或先删除现有的任务（`mo_cdc task drop --task-name NAME`）。',
  },
  TASK_NOT_FOUND: {
    title: '没有这个任务',
    action: '请列出所有任务（`mo_cdc task list`，GET /tasks），并核对名称。',
  },
  TASK_NOT_RUNNING: {
    title: '任务没有在运行',
    action:
      '只有运行中的任务才会比对源端与目标端。请先恢复任务（`mo_cdc task resume --task-name NAME`）。如果任务已完成，请重启它（`mo_cdc task restart --task-name NAME`）。',
  },
  TASK_DROPPING: { title: '任务正在删除', action: '请等到任务消失，然后重试。' },
  TASK_EDIT_UNDER_WAY: {
    title: '上一次修改还在进行',
    action:
      '上一次修改仍在执行。请等到任务的 `pendingWindow` 为 null，再发送这次修改。如果上一次修改失败，请排除任务的错误并恢复任务；或者先运行 `mo_cdc task edit --task-name NAME --error-handle-option ignore`，再运行 `mo_cdc task resume --task-name NAME`。',
  },
  TASK_EDIT_CONFLICT: {
    title: '任务同时被别人修改',
    action: '有人在同一时间修改了任务。请查看任务（`mo_cdc task show --task-name NAME`），再发送这次修改。',
  },
  TASK_REJECTED: { title: '任务未被接受', action: '请更正每一条意见所指出的内容，然后重新发送请求。' },
  URI_INVALID: {
    title: 'URI 无效',
    action: '请把 URI 写成 mysql://user:password@host:port，其中的特殊字符用百分号编码。',
  },
  MAPPING_INVALID: {
    title: '表或数据库的写法有误',
    action:
      '每张表只写一次，写成 database.table 或 database.table:database.table（数据库写成 name 或 name:name），用逗号分隔。如果源端和目标端是同一台服务器，请让每个副本与源的名称不同。',
  },
  EXCLUDE_UNSUPPORTED: {
    title: '无法使用这个排除模式',
    action:
      '请给任务 RE2 的正则表达式（`mo_cdc task edit --task-name NAME --exclude REGEX`），然后重启它（`mo_cdc task restart --task-name NAME`）：旧的表达式排除了哪些表，已无法得知。',
  },
} as const satisfies Record<keyof typeof REQUESTS, ErrorText>;

import type { SINK } from '../sink.ts';
import * as actions from './actions.ts';
import type { ErrorText } from './text.ts';

/** Errors of the sink in Chinese. */
export const SINK_ZH = {
  SINK_GOES_DOWN: { title: '目标端因任务的语句而宕机', action: actions.GOES_DOWN },
  SINK_UNREACHABLE: {
    title: '无法连接目标端',
    action: `请检查目标端是否在运行，以及工作进程能否访问它的地址和端口。${actions.REACH}`,
  },
  SINK_ACCESS_DENIED: {
    title: '目标端拒绝登录',
    action: '目标端拒绝登录。请检查目标端 URI 中的用户和密码。',
  },
  SINK_SECRET: { title: '无法读取目标端的密码', action: actions.SECRET },
  SINK_TLS: { title: '与目标端的 TLS 连接失败', action: actions.TLS },
  SINK_LOGIN_UNSAFE: { title: '登录目标端不安全', action: actions.LOGIN },
  SINK_SETTINGS: { title: '目标端不接受会话设置', action: actions.SETTINGS },
  SINK_ANSWER: { title: '目标端的应答无法理解', action: actions.ANSWER },
  SINK_NEWER: {
    title: '目标端的记录来自更新的版本',
    action:
      '请重新部署较新的或更高的产品版本：当前版本读不懂较新版本保存在目标端的记录。参见 docs/deploy.md 中的“Going back”。',
  },
  SINK_PRIVILEGE: { title: '目标端用户的权限不足', action: '请授予目标端用户消息中指出的权限。' },
  SINK_UNSUPPORTED: {
    title: '不支持这种目标端',
    action: `MatrixOne 请用目标端类型 matrixone，MySQL 8 或 MariaDB 请用 mysql。${actions.VERSION}`,
  },
  SINK_DATABASE_MISSING: {
    title: '目标端没有这个数据库',
    action: '请在目标端创建该数据库，或授予目标端用户创建它的权限。如果数据库已存在，请授予目标端用户对它的权限。',
  },
  SINK_TABLE_MISMATCH: {
    title: '目标表与源表不符',
    action: actions.MISMATCH,
  },
  SINK_TABLE_MISSING: { title: '目标表不见了', action: actions.MISSING },
  SINK_TABLE_TAKEN: { title: '目标表属于另一个任务', action: actions.TAKEN },
  SINK_TABLE_UNSUPPORTED: {
    title: '目标端不支持这样的表',
    action:
      '目标端无法建立与源表相同的表：列太多、行或键太长，或不接受某个名称。请把该表移出任务。或者建立一张能容纳这些行的目标表。然后再次创建任务；如果任务已存在，请恢复它（`mo_cdc task resume --task-name NAME`）。',
  },
  SINK_TABLE_NOT_EMPTY: {
    title: '目标表不为空',
    action:
      '请清空或删除目标表。或者把选项 existingRows（--existing-rows）设为 `replace`：任务会在首次复制之前删除这些行。设为 `compare` 时，任务保留正确的行，并修复其余的行。',
  },
  SINK_ROW_REJECTED: {
    title: '目标端拒绝了一行',
    action:
      '目标端拒绝了一个值。请更正目标表，或更正源端的这一行。然后恢复任务（`mo_cdc task resume --task-name NAME`）。',
  },
  SINK_ROW_TOO_LARGE: {
    title: '对目标端来说，这一行过大',
    action:
      '请把目标端的 max_allowed_packet 调到高于消息中的大小（`set global max_allowed_packet = …`），然后恢复任务（`mo_cdc task resume --task-name NAME`）。或者把该表移出任务。',
  },
  SINK_DUPLICATE_KEY: {
    title: '目标端有重复的键',
    action:
      '请查找目标端已有此值的行。如果该行不是由任务写入的，请删除它。如果源端也有该行，说明目标端把源端的两个值当作同一个值：请为目标端的列选用能区分它们的排序规则（utf8mb4_0900_bin，MariaDB 中为 utf8mb4_nopad_bin），或者修改源端的其中一行。然后恢复任务（`mo_cdc task resume --task-name NAME`）。',
  },
  SINK_LOCKED: {
    title: '目标端的行被锁定',
    action: '请等待：另一个事务锁定了目标端的行，任务会自动重试。如果错误一直存在，请结束该事务。',
  },
  SINK_TIMEOUT: {
    title: '目标端超时',
    action:
      '目标端用时超过了 sendSqlTimeoutMs（--send-sql-timeout）。任务会自动重试。如果错误一直存在，请调大该选项，或减小任务的步长（chunkRows、transactionRows）。',
  },
  SINK_READ_ONLY: {
    title: '目标端只读',
    action:
      '请让目标端恢复可写，或给任务一个可写服务器的地址（`mo_cdc task edit --task-name NAME --new-sink-uri URI`）。之后任务会自动继续。',
  },
  SINK_FULL: {
    title: '目标端空间不足',
    action: '请在目标端释放或增加磁盘空间或内存。之后任务会自动继续。',
  },
  SINK_ERROR: { title: '目标端出错', action: '请阅读目标端服务器的消息。运行中的任务会自动重试。' },
} as const satisfies Record<keyof typeof SINK, ErrorText>;

import type { SOURCE } from '../source.ts';
import * as actions from './actions.ts';
import type { ErrorText } from './text.ts';

/** Errors of the source in Chinese. */
export const SOURCE_ZH = {
  SOURCE_UNREACHABLE: {
    title: '无法连接源端',
    action: `请检查源端是否在运行，以及工作进程能否访问它的地址和端口。${actions.REACH}`,
  },
  SOURCE_ACCESS_DENIED: {
    title: '源端拒绝登录',
    action: '源端拒绝登录。请检查源端 URI 中的用户和密码。',
  },
  SOURCE_SECRET: { title: '无法读取源端的密码', action: actions.SECRET },
  SOURCE_TLS: { title: '与源端的 TLS 连接失败', action: actions.TLS },
  SOURCE_LOGIN_UNSAFE: { title: '登录源端不安全', action: actions.LOGIN },
  SOURCE_SETTINGS: { title: '源端不接受会话设置', action: actions.SETTINGS },
  SOURCE_ANSWER: { title: '源端的应答无法理解', action: actions.ANSWER },
  SOURCE_PRIVILEGE: {
    title: '源端用户的权限不足',
    action: '请在源端 URI 中使用源端租户的管理员：只有管理员可以创建快照。',
  },
  SOURCE_UNSUPPORTED: { title: '不支持这种源端', action: actions.VERSION },
  SOURCE_DATABASE_MISSING: {
    title: '源端没有这个数据库',
    action: '请在源端创建该数据库，或把它移出任务。',
  },
  SOURCE_TABLE_MISSING: { title: '源端没有这张表', action: '请在源端创建该表，或把它移出任务。' },
  TABLE_WITHOUT_KEY: { title: '表没有主键', action: actions.WITHOUT_KEY },
  TABLE_KIND_UNSUPPORTED: {
    title: '不支持这种表',
    action: '请把它移出任务：只能复制基表，不能复制视图等其他对象。',
  },
  TABLE_DEFINITION_UNSUPPORTED: { title: '不支持这个表定义', action: actions.DEFINITION },
  TABLE_NAME_UNSUPPORTED: {
    title: '不支持这个表名或列名',
    action: '请在源端给该表或该列改名，或把该表移出任务。',
  },
  SNAPSHOT_QUOTA: {
    title: '快照数已达上限',
    action:
      "源端租户不能再创建快照。请删除没人需要的快照（`show snapshots`），或提高租户的配额（mo_catalog.mo_feature_limit）。也可以让 PITR 保留历史：`create pitr … for account range 7 'd'`，并把任务的选项 `history` 设为 `auto` 或 `pitr`。",
  },
  PITR_MISSING: {
    title: '缺少 PITR',
    action:
      "没有 PITR 覆盖任务的所有表。请以源端租户的身份，为整个租户或任务的每个数据库创建 PITR（`create pitr … for account range 7 'd'`）。也可以让任务自己保留快照：把它的选项 `history` 设为 `auto` 或 `snapshots`。",
  },
  HISTORY_EXPIRING: {
    title: '历史即将过期',
    action:
      'PITR 很快就不再保留任务所需的历史。请在 `historyHeldUntil` 之前排除任务的错误或恢复任务（`mo_cdc task resume --task-name NAME`），或延长 PITR（`alter pitr … range …`）。',
  },
  HISTORY_LOST: {
    title: '历史丢失',
    action:
      '源端已没有检查点以来的历史：有人删除了任务的快照，或 PITR 太短。请重新同步任务（`mo_cdc task resync --task-name NAME`）：它会比对所有表，并就地修复目标端。或重启任务（`mo_cdc task restart --task-name NAME`）：它会全部重新复制。',
  },
  START_NOT_COVERED: {
    title: '起点的历史已不存在',
    action:
      '源端已没有自该起点以来的历史：只有能追溯到该起点的 PITR，或在它之前创建的快照，才会保留这段历史。请选择更晚的起点，或不指定起点。',
  },
  FENCE_MISMATCH: {
    title: '目标端与任务的进度不一致',
    action:
      '目标端与任务对最后应用到哪里的记录不一致，通常是其中一方从备份恢复过。请重新同步任务（`mo_cdc task resync --task-name NAME`）：它会比对所有表，并就地修复目标端。或重启任务（`mo_cdc task restart --task-name NAME`）：它会全部重新复制。',
  },
  SCHEMA_CHANGED: { title: '表结构已改变', action: actions.SCHEMA },
  CHANGES_UNREADABLE: { title: '无法读取变更', action: actions.UNREADABLE },
  SOURCE_ERROR: {
    title: '源端出错',
    action: '请阅读源端服务器的消息。运行中的任务会自动重试。',
  },
} as const satisfies Record<keyof typeof SOURCE, ErrorText>;

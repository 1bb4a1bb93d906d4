/** Actions that several errors share, in Chinese; see lib/error-catalogue/actions.ts. */

export const REACH =
  '如果它位于私有网络，或只放行已知的地址，请用参数 `network` 的值 `private` 以及 `subnetIds` 和 `securityGroupIds` 部署（docs/deploy.md，Network）。';

export const WAY_OUT =
  '如果参数 `network` 为 `private`，还请检查子网是否有通往该服务的途径：终端节点或 NAT（docs/deploy.md，Network）。';

export const SECRET = `无法读取 URI 的密码。请检查 URI 所指的密钥或参数是否存在、其中是否是该用户的密码，以及部署参数 \`secrets\` 和 \`parameters\` 是否允许函数读取它。${WAY_OUT}每次重试都会重新读取。`;

export const SETTINGS =
  '请允许该用户设置消息中指出的会话变量（`set sql_mode`、`set names` 等）。如果中间有代理，请绕过它直接连接：代理可能替服务器应答，或共用连接。';

export const LOGIN =
  '服务器要求发送密码本身，而连接没有加密。请用 ?tls=required 加密连接（如果证书不是由公共机构签发的，再加上 tls-ca=…），或让该用户改用插件 mysql_native_password 登录。';

export const ANSWER =
  '请等待：下次重试会使用新的连接。如果错误一直存在，请查明在该地址应答的是谁：可能是另一种服务器、代理，或中间的第三方。';

export const TLS =
  '请在 URI 中写上签发机构的证书（tls-ca=…），或服务器证书中的名称（tls-server-name=…）。tls=skip-verify 加密但不验证服务器；tls=disabled 不加密。';

export const UNREADABLE =
  '无需操作：下次重试会把该表与目标表比对。若要避免这种情况，请在源端创建覆盖这些表的 PITR：它会保留表的变更记录。';

export const WITHOUT_KEY =
  '请给该表加上主键，或把它移出任务，或把选项 withoutKey（--without-key）设为 `replace`：此后该表一有变更，任务就会替换它的所有行。没有首次复制的任务不能这样做。';

export const DEFINITION = '请暂时把该表移出任务。请检查本产品是否在该服务器版本上测试过；如果测试过，请报告这张表。';

export const SCHEMA =
  '如果消息中有语句，请在目标端执行它们，然后恢复任务（`mo_cdc task resume --task-name NAME`）。如果没有语句，或任务没有首次复制，请重启任务（`mo_cdc task restart --task-name NAME`）。';

export const GOES_DOWN =
  '任务的一条语句使目标端宕机。请在目标端的日志中查看原因。然后升级目标端，或修改该语句所涉及的表，或把它移出任务。再恢复任务（`mo_cdc task resume --task-name NAME`）：它会重新发送这条语句。';

export const MISSING =
  '无需操作：源表下次变更时，任务会重新创建目标表并复制所有行。若要立即复制，请运行 `mo_cdc task resync --task-name NAME`。只有没有首次复制的任务必须重启（`mo_cdc task restart --task-name NAME`）。';

export const MISMATCH =
  '请按消息所述修改目标表，使其具有源表的列和键。或者，如果目标表没有自己的内容，请删除它，任务会重新创建它。然后再次创建任务；如果任务已存在，请恢复它（`mo_cdc task resume --task-name NAME`）。如果目标表已不存在而任务没有首次复制，请改为重启任务（`mo_cdc task restart --task-name NAME`）。';

export const TAKEN =
  '另一个任务正在写这张目标表。请为本任务另选一张目标表，或把该表移出另一个任务，或删除另一个任务。然后再次创建本任务；如果本任务已存在，请恢复它（`mo_cdc task resume --task-name NAME`）。如果另一个任务已不存在，请先在目标端从 `mo_cdc.owner` 中删除带有它的 id 的行。';

export const VERSION =
  '请使用 MatrixOne 4.2.0。如果确知另一个版本的行为相同，请在创建或编辑任务时使用选项 allowUntestedVersion（--allow-untested-version）。';

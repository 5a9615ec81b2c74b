import Type, { type Static } from 'typebox'
import { column, columnPattern, PollSettings, table, tablePattern } from './poll-settings.ts'

/** What the console draws and a channel's file sets. Defaults are applied by the adapter, not by the validator. */
export const DatabaseSettings = Type.Object(
  {
    kind: Type.Enum(['mysql', 'postgresql'], {
      title: '数据库 / Database',
      description:
        'mysql（MySQL、MariaDB）或 postgresql；SQL Server、Oracle、达梦不支持 / MySQL and MariaDB, or PostgreSQL. SQL Server, Oracle and Dameng are not supported',
    }),
    host: Type.String({
      pattern: '^[A-Za-z0-9._:-]{1,253}$',
      title: '主机 / Host',
      description: '主机名或地址 / Name or address of the server',
    }),
    port: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 65_535,
        title: '端口 / Port',
        description: '缺省 3306 或 5432 / 3306 or 5432 where missing',
      }),
    ),
    database: Type.String({
      minLength: 1,
      maxLength: 63,
      title: '库名 / Database name',
      description: '前置库的名称 / Name of the exchange database',
    }),
    user: Type.String({
      minLength: 1,
      maxLength: 100,
      title: '用户 / User',
      description: '只读即可收件 / Read-only rights suffice for receiving',
    }),
    password: Type.String({
      minLength: 1,
      maxLength: 1000,
      writeOnly: true,
      title: '密码 / Password',
      description: '该用户的密码 / Password of this user',
    }),
    tls: Type.Optional(
      Type.Object(
        {
          mode: Type.Enum(['off', 'require', 'verify'], {
            default: 'verify',
            title: '方式 / Mode',
            description:
              'off 明文；require 加密但不核对证书；verify 加密并核对 / off: plain; require: encrypted, certificate not checked; verify: checked',
          }),
          ca: Type.Optional(
            Type.String({
              maxLength: 100_000,
              title: 'CA 证书 / CA certificate',
              description: 'PEM；政务外网自己的证书机构 / PEM of an authority beside the public ones',
            }),
          ),
        },
        {
          additionalProperties: false,
          title: '加密 / TLS',
          description: '缺省为 verify / verify where missing',
        },
      ),
    ),
    connectTimeoutMs: Type.Optional(
      Type.Integer({
        minimum: 100,
        maximum: 60_000,
        default: 5_000,
        title: '连接时限（毫秒）/ Connect time-out (ms)',
        description: '多久连不上就放弃 / After this a connection attempt is given up',
      }),
    ),
    statementTimeoutMs: Type.Optional(
      Type.Integer({
        minimum: 100,
        maximum: 60_000,
        default: 8_000,
        title: '语句时限（毫秒）/ Statement time-out (ms)',
        description: '一条语句最多执行多久 / How long one statement may take',
      }),
    ),
    intervalS: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 86_400,
        default: 300,
        title: '轮询间隔（秒）/ Interval (s)',
        description: '两次读取之间等多久 / How long to wait between two polls',
      }),
    ),
    poll: Type.Optional(PollSettings),
    tables: Type.Optional(
      Type.Record(
        Type.String({ pattern: '^[a-z][a-z0-9-]{0,30}$' }),
        Type.String({ pattern: tablePattern }),
        {
          maxProperties: 20,
          title: '回写表 / Tables that we write',
          description:
            '映射里的表名（如 status）对应的真实表 / The real table of each name that the mapping uses, such as status',
        },
      ),
    ),
    ledger: Type.Optional(
      table(
        '交换台账 / Exchange ledger',
        '我方在前置库中的台账表，建表语句见说明 / Our ledger table in their database; its DDL stands in the README',
      ),
    ),
    orders: Type.Optional(
      Type.Object(
        {
          table: table('工单表 / Table of orders', '对方的工单表 / Their table of work orders'),
          number: column('编号列 / Number column', '对方的工单编号 / Their number of the order'),
          status: column(
            '状态列 / Status column',
            '对方的状态，记入台账 / Their status, noted in the ledger',
          ),
        },
        {
          additionalProperties: false,
          title: '对方状态 / Their status',
          description: '回写时读出对方当前状态 / Where their current status is read when we write',
        },
      ),
    ),
  },
  { additionalProperties: false, title: '前置库 / Exchange database' },
)
export type DatabaseSettings = Static<typeof DatabaseSettings>

/** What a mapping writes under `reverse.requests.<name>.settings`. */
export const RequestSettings = Type.Object(
  {
    table: Type.String({
      pattern: '^[a-z][a-z0-9-]{0,30}$',
      description: '渠道设置 tables 中的名称 / A name of the channel’s setting tables',
    }),
    mode: Type.Optional(
      Type.Enum(['insert', 'update'], {
        default: 'insert',
        description: '新增一行，或改写已有的一行 / A new row, or columns of the row that is there',
      }),
    ),
    keys: Type.Optional(
      Type.Array(Type.String({ pattern: columnPattern }), {
        minItems: 1,
        maxItems: 5,
        description: 'update 时确定那一行的列 / Columns of the body that identify the row of an update',
      }),
    ),
    separator: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 3,
        default: ';',
        description: '列表值写成文字时的分隔符 / What stands between the items of a list value',
      }),
    ),
  },
  { additionalProperties: false, title: '写入 / Write' },
)
export type RequestSettings = Static<typeof RequestSettings>

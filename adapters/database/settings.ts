import Type, { type Static, type TString } from 'typebox'

/** A table, view or column as their database shows it. It is quoted, so that no name can be anything but a name. */
const part = '[^\\s.`"\'\\\\;?\\u0000-\\u001f\\u007f]{1,64}'
const tablePattern = `^${part}(\\.${part})?$`
const columnPattern = `^${part}$`

function column(title: string, description: string): TString {
  return Type.String({ pattern: columnPattern, title, description })
}

function table(title: string, description: string): TString {
  return Type.String({ pattern: tablePattern, title, description })
}

const Where = Type.Record(
  Type.String({ pattern: columnPattern }),
  Type.Union([Type.String({ maxLength: 500 }), Type.Integer(), Type.Boolean()]),
  {
    maxProperties: 10,
    title: '条件 / Conditions',
    description: '只读这些列等于所列值的行 / Only rows whose columns equal these values',
  },
)

const ById = Type.Object(
  {
    by: Type.Literal('id', { title: '按递增编号 / By increasing number' }),
    column: column('编号列 / Number column', '只增不减的整数列 / Integer column that only grows'),
    window: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 5_000,
        default: 200,
        title: '回看行数 / Rows read again',
        description:
          '每次把最后这么多行再读一遍，晚提交的行不会漏 / The last so many rows are read again each time, so that rows that commit late are seen',
      }),
    ),
    start: Type.Optional(
      Type.String({
        pattern: '^[0-9]{1,20}$',
        title: '起点 / Start',
        description:
          '只读大于它的编号；不填则从头读 / Only numbers beyond it; from the beginning where missing',
      }),
    ),
  },
  { additionalProperties: false, title: '按编号 / By number' },
)

const ByTime = Type.Object(
  {
    by: Type.Literal('time', { title: '按更新时间 / By time of change' }),
    column: column(
      '时间列 / Time column',
      '每次修改都会更新的时间 / Time that every change sets; their clock, never ours',
    ),
    overlapS: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 86_400,
        default: 300,
        title: '重叠（秒）/ Overlap (s)',
        description: '每次从最后一行之前这么久读起 / Each time reading begins this long before the last row',
      }),
    ),
    start: Type.Optional(
      Type.String({
        pattern: '^\\d{4}-\\d{2}-\\d{2}( \\d{2}:\\d{2}:\\d{2})?$',
        title: '起点 / Start',
        description: '只读此后的行；不填则从头读 / Only rows since then; from the beginning where missing',
      }),
    ),
  },
  { additionalProperties: false, title: '按时间 / By time' },
)

const Poll = Type.Object(
  {
    table: table(
      '表或视图 / Table or view',
      '要读的表或视图，可带模式名 / What is read, with its schema where needed',
    ),
    columns: Type.Optional(
      Type.Array(Type.String({ pattern: columnPattern }), {
        minItems: 1,
        maxItems: 200,
        uniqueItems: true,
        title: '列 / Columns',
        description: '要读的列；不填则全部 / Columns that are read; all where missing',
      }),
    ),
    key: column('行号列 / Row number column', '唯一确定一行的列 / Column that identifies a row'),
    cursor: Type.Union([ById, ByTime], {
      title: '游标 / Cursor',
      description: '如何知道哪些行是新的 / How new rows are known',
    }),
    where: Type.Optional(Where),
    textEncodings: Type.Optional(
      Type.Record(Type.String({ pattern: columnPattern }), Type.Enum(['gb18030', 'utf-8']), {
        title: '列编码 / Encodings of columns',
        description:
          '文字按字节存放的列（latin1、BLOB、SQL_ASCII）的真实编码 / What the bytes of a column are where their database does not know it',
      }),
    ),
    pageRows: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 500,
        default: 200,
        title: '每页行数 / Rows a page',
        description: '一次提交多少行 / How many rows are committed at once',
      }),
    ),
    maxRowBytes: Type.Optional(
      Type.Integer({
        minimum: 1_000,
        maximum: 8_388_608,
        default: 2_097_152,
        title: '单行上限（字节）/ Row limit (bytes)',
        description: '更大的行单独进入异常件 / A larger row is quarantined alone',
      }),
    ),
    list: Type.Optional(
      Type.Object(
        {
          number: column('编号列 / Number column', '对方的工单编号 / Their number of the order'),
          time: column(
            '日期列 / Day column',
            '按哪个时间归到某天 / The time that says which day a row belongs to',
          ),
          status: Type.Optional(column('状态列 / Status column', '对方的状态 / Their status')),
          where: Type.Optional(Where),
        },
        {
          additionalProperties: false,
          title: '对账 / Reconciliation',
          description: '按天对账时读哪些列 / What is read for the daily comparison',
        },
      ),
    ),
  },
  {
    additionalProperties: false,
    title: '读取 / Reading',
    description: '读哪张表，怎样认出新行 / Which table is read, and how new rows are known',
  },
)
export type PollSettings = Static<typeof Poll>

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
    poll: Type.Optional(Poll),
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

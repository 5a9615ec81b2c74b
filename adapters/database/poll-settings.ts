import Type, { type Static, type TString } from 'typebox'

/** A table, view or column as their database shows it. It is quoted, so that no name can be anything but a name. */
const part = '[^\\s.`"\'\\\\;?\\u0000-\\u001f\\u007f]{1,64}'
export const tablePattern = `^${part}(\\.${part})?$`
export const columnPattern = `^${part}$`

export function column(title: string, description: string): TString {
  return Type.String({ pattern: columnPattern, title, description })
}

export function table(title: string, description: string): TString {
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

export const PollSettings = Type.Object(
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
export type PollSettings = Static<typeof PollSettings>

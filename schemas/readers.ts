import Type, { type Static, type TObject, type TSchema } from 'typebox'

/** Path within a record or a notice; its forms stand in schemas/mapping.ts. */
export const Path = Type.String({ title: 'path', minLength: 1, maxLength: 300 })
export const pathTo = (description: string) =>
  Type.String({ title: 'path', minLength: 1, maxLength: 300, description })

/** A field over a record and what it makes; run as a test, shown in docs/mapping-reference.md. */
export interface ReadingExample {
  readonly about?: string
  readonly fields: { readonly [target: string]: unknown }
  readonly codes?: { readonly [table: string]: unknown }
  readonly record: { readonly [name: string]: unknown }
  /** What stands in the report; `{}`: the field is absent. */
  readonly makes?: { readonly [name: string]: unknown }
  /** Or the code of the reason for which the record waits. */
  readonly quarantined?: string
}

/** A body over an event and what is sent. */
export interface WritingExample {
  readonly body: { readonly [name: string]: unknown }
  readonly event: { readonly [name: string]: unknown }
  readonly sends: { readonly [name: string]: unknown }
}

interface ReaderDefinition {
  readonly summary: { readonly en: string; readonly zh: string }
  readonly options: { readonly [name: string]: TSchema }
  readonly examples: readonly (ReadingExample | WritingExample)[]
}

const Words = Type.Array(Type.String({ minLength: 1, maxLength: 50 }), { maxItems: 50 })
const Find = Type.Optional(
  Type.Boolean({
    description: 'The value is free text: the first real one in it is taken, and none makes the field absent',
  }),
)
const at = (fields: ReadingExample['fields'], record: ReadingExample['record']) => ({ fields, record })

/**
 * The typed readers (`as:`). This is their one definition: the check of their options, the list of names, the reference page
 * and its examples come from here; gateway/mapping/readers/ has what each does.
 */
export const readers = {
  text: {
    summary: { en: 'Text, or a number or boolean as text.', zh: '文本' },
    options: {},
    examples: [
      { ...at({ title: { from: 'no', as: 'text' } }, { no: 42 }), makes: { title: '42' } },
      {
        ...at({ title: { from: 'no', as: 'text' } }, { no: { a: 1 } }),
        quarantined: 'mapping.unreadable-value',
      },
    ],
  },
  datetime: {
    summary: {
      en: 'A time, into UTC. Without offset it is taken in `zone`. In `reverse` it writes an instant in that format.',
      zh: '日期时间，统一为 UTC',
    },
    options: {
      format: Type.Optional(
        Type.Union(
          [
            Type.String({ minLength: 1, maxLength: 60 }),
            Type.Array(Type.String({ minLength: 1, maxLength: 60 }), { minItems: 1, maxItems: 10 }),
          ],
          {
            description:
              '`iso` (where missing), `epoch-s`, `epoch-ms`, `rfc822`, or a pattern of yyyy M d H m s S; of several the first that fits. One letter takes one or two digits',
          },
        ),
      ),
      zone: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 60,
          description: 'Zone of a time without offset: `Asia/Shanghai` (where missing), `UTC`, `+08:00`',
        }),
      ),
    },
    examples: [
      {
        ...at(
          {
            submittedAt: {
              from: 'time',
              as: { reader: 'datetime', format: ['yyyy-MM-dd HH:mm:ss', 'yyyy年M月d日 H时m分'] },
            },
          },
          { time: '2026年11月2日 9时5分' },
        ),
        makes: { submittedAt: '2026-11-02T01:05:00.000Z' },
      },
      {
        ...at(
          { submittedAt: { from: 'time', as: { reader: 'datetime', format: 'epoch-s' } } },
          { time: 1795312800 },
        ),
        makes: { submittedAt: '2026-11-22T02:00:00.000Z' },
      },
      {
        ...at({ submittedAt: { from: 'time', as: 'datetime' } }, { time: '22/11/2026' }),
        quarantined: 'mapping.unreadable-value',
      },
      {
        body: {
          time: { from: 'event.occurredAt', as: { reader: 'datetime', format: 'yyyy-MM-dd HH:mm:ss' } },
        },
        event: { type: 'registered', occurredAt: '2026-11-22T03:00:00.000Z' },
        sends: { time: '2026-11-22 11:00:00' },
      },
    ],
  },
  point: {
    summary: {
      en: 'Two numbers into CGCS2000 degrees, beside the numbers and the system of the source. The system is stated, never guessed; (0, 0) is absent.',
      zh: '坐标，统一为 CGCS2000 经纬度，保留原始数值与坐标系',
    },
    options: {
      system: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 300,
          description:
            '`CGCS2000`, `WGS-84`, `GCJ-02`, `BD-09` (degrees), `CGCS2000-zone` (metres, Gauss–Krüger); `$path` reads it from the record, through the table that `codes` names',
        }),
      ),
      x: Type.Optional(
        pathTo(
          'Path of the longitude or easting. On Chinese survey sheets X is the northing: then `x: Y` and `y: X`. Without x and y the value is one text `x,y`',
        ),
      ),
      y: Type.Optional(pathTo('Path of the latitude or northing')),
      axes: Type.Optional(
        Type.Enum(['east-north', 'north-east'], {
          description: 'What comes first in one text, and what `x` names; `east-north` where missing',
        }),
      ),
      zone: Type.Optional(
        Type.Integer({
          minimum: 13,
          maximum: 45,
          description:
            'CGCS2000-zone: 13–23 is a zone of 6°, 25–45 one of 3° (EPSG:4491–4554). The easting may carry it (38500000) or not (500000). Missing, with no `centralMeridian`: every easting carries it',
        }),
      ),
      centralMeridian: Type.Optional(
        Type.Number({
          minimum: 72,
          maximum: 138,
          description: 'CGCS2000-zone: instead of `zone`, degrees east',
        }),
      ),
      falseEasting: Type.Optional(
        Type.Number({
          minimum: -50_000_000,
          maximum: 50_000_000,
          description:
            'CGCS2000-zone: metres at the central meridian, where it is not 500000 (with or without zone)',
        }),
      ),
    },
    examples: [
      {
        fields: {
          'location.point': {
            as: { reader: 'point', system: '$type', x: 'lng', y: 'lat' },
            codes: 'coordinates',
          },
        },
        codes: { coordinates: { otherwise: 'quarantine', table: { '2': 'GCJ-02' } } },
        record: { lng: '113.950000', lat: 22.5, type: '2' },
        makes: {
          location: {
            point: {
              longitude: 113.9451235,
              latitude: 22.5030135,
              source: { system: 'GCJ-02', x: 113.95, y: 22.5 },
            },
          },
        },
      },
      {
        about: 'A survey sheet, where X is the northing and Y the easting, here with its zone.',
        ...at(
          {
            'location.point': { as: { reader: 'point', system: 'CGCS2000-zone', zone: 38, x: 'Y', y: 'X' } },
          },
          { X: 2_500_000, Y: 38_500_000 },
        ),
        makes: {
          location: {
            point: {
              longitude: 114,
              latitude: 22.5978229,
              source: {
                system: 'CGCS2000-zone',
                x: 38_500_000,
                y: 2_500_000,
                centralMeridian: 114,
                falseEasting: 38_500_000,
              },
            },
          },
        },
      },
      {
        ...at(
          {
            'location.point': { from: 'pos', as: { reader: 'point', system: 'WGS-84', axes: 'north-east' } },
          },
          { pos: '22.5,113.95' },
        ),
        makes: {
          location: {
            point: { longitude: 113.95, latitude: 22.5, source: { system: 'WGS-84', x: 113.95, y: 22.5 } },
          },
        },
      },
      {
        ...at(
          { 'location.point': { from: 'pos', as: { reader: 'point', system: 'WGS-84' } } },
          { pos: '22.5,113.95' },
        ),
        quarantined: 'mapping.unreadable-value',
      },
    ],
  },
  phone: {
    summary: {
      en: 'The digits of a phone number, without +86; an extension follows a hyphen. A masked or empty one is absent.',
      zh: '电话号码',
    },
    options: { find: Find },
    examples: [
      {
        ...at({ 'reporter.phone': { from: 'tel', as: 'phone' } }, { tel: '+86 138-1234-5678' }),
        makes: { reporter: { phone: '13812345678' } },
      },
      {
        ...at(
          { 'reporter.phone': { from: 'text', as: { reader: 'phone', find: true } } },
          { text: '工单号13900001111，请回电１３８１２３４５６７８或0755-84622222' },
        ),
        makes: { reporter: { phone: '13812345678' } },
      },
      { ...at({ 'reporter.phone': { from: 'tel', as: 'phone' } }, { tel: '138****5678' }), makes: {} },
    ],
  },
  identity: {
    summary: {
      en: 'An identity number (GB 11643): 18 digits whose check digit holds, or the old 15, which become 18. Any other is absent: it would match the wrong person.',
      zh: '居民身份证号码，校验位须正确；15 位旧号转为 18 位',
    },
    options: { find: Find },
    examples: [
      {
        ...at({ 'reporter.identityNumber': { from: 'id', as: 'identity' } }, { id: '11010519491231002x' }),
        makes: { reporter: { identityNumber: '11010519491231002X' } },
      },
      {
        ...at(
          { 'reporter.identityNumber': { from: 'text', as: { reader: 'identity', find: true } } },
          { text: '本人身份证４４０５２４１９８００１０１００１３，反映如下' },
        ),
        makes: { reporter: { identityNumber: '440524198001010013' } },
      },
      {
        ...at({ 'reporter.identityNumber': { from: 'id', as: 'identity' } }, { id: '110105194912310021' }),
        makes: {},
      },
    ],
  },
  html: {
    summary: { en: 'The text of HTML, without mark-up, scripts and pictures.', zh: 'HTML 转为文本' },
    options: {},
    examples: [
      {
        ...at({ text: { from: 'body', as: 'html' } }, { body: '<p>井盖<b>缺失</b></p><script>x</script>' }),
        makes: { text: '井盖缺失' },
      },
    ],
  },
  number: {
    summary: { en: 'A number, also with full-width digits and thousands commas.', zh: '数字，全角亦可' },
    options: {},
    examples: [
      {
        ...at({ 'extra.depth': { from: 'depth', as: 'number' } }, { depth: '１,２００.５' }),
        makes: { extra: { depth: '1200.5' } },
      },
      {
        ...at({ 'extra.depth': { from: 'depth', as: 'number' } }, { depth: '约3米' }),
        quarantined: 'mapping.unreadable-value',
      },
    ],
  },
  boolean: {
    summary: {
      en: 'Yes or no: 1 true yes y 是 有, 0 false no n 否 无. In `reverse` it writes the first of the words given.',
      zh: '是否',
    },
    options: {
      true: Type.Optional({ ...Words, description: 'Other words for yes' }),
      false: Type.Optional({ ...Words, description: 'Other words for no' }),
    },
    examples: [
      {
        ...at({ 'reporter.confidential': { from: 'secret', as: 'boolean' } }, { secret: '是' }),
        makes: { reporter: { confidential: true } },
      },
      {
        ...at(
          { sensitive: { from: 'level', as: { reader: 'boolean', true: ['重大'], false: ['一般'] } } },
          { level: '特别重大' },
        ),
        quarantined: 'mapping.unreadable-value',
      },
      {
        body: {
          is_true: {
            from: 'event.content.substantiated',
            as: { reader: 'boolean', true: ['1'], false: ['0'] },
          },
        },
        event: { type: 'resolved', content: { substantiated: true } },
        sends: { is_true: '1' },
      },
    ],
  },
  attachments: {
    summary: {
      en: 'Files: addresses, objects with one, or addresses in one text. A file inside the payload is named as its adapter names it (`part:…`, `cid:…`).',
      zh: '附件',
    },
    options: {
      url: Type.Optional(pathTo('Path of the address within an object; `url` where missing')),
      name: Type.Optional(pathTo('Path of the name within an object; `name` where missing')),
    },
    examples: [
      {
        ...at(
          {
            attachments: { from: 'files', as: { reader: 'attachments', url: 'file_url', name: 'file_name' } },
          },
          { files: [{ file_url: 'https://a.example.com/1.jpg', file_name: '现场.jpg' }] },
        ),
        makes: { attachments: [{ url: 'https://a.example.com/1.jpg', name: '现场.jpg' }] },
      },
      {
        ...at(
          { attachments: { from: 'photos[*].src', as: 'attachments' } },
          { photos: [{ src: 'https://a.example.com/1.jpg' }] },
        ),
        makes: { attachments: [{ url: 'https://a.example.com/1.jpg' }] },
      },
    ],
  },
  list: {
    summary: {
      en: 'A list of texts, or one text with separators. `codes` then looks up each item.',
      zh: '列表',
    },
    options: {
      separator: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 10,
          description: 'Where the value is one text; `,` `，` `、` `;` `；` where missing',
        }),
      ),
    },
    examples: [
      {
        ...at({ tags: { from: 'labels', as: 'list', codes: 'tag' } }, { labels: 'CFTS，NEW' }),
        codes: { tag: { otherwise: 'absent', table: { CFTS: '重复投诉' } } },
        makes: { tags: ['重复投诉'] },
      },
    ],
  },
} as const satisfies { readonly [name: string]: ReaderDefinition }

export type ReaderName = keyof typeof readers
export const readerNames = Object.keys(readers) as ReaderName[]
export const ReaderName = Type.Enum(readerNames, { description: 'Name of a reader that needs no options' })

/** What one reader is given in a mapping. */
export type ReaderOptions<Name extends ReaderName> = { reader: Name } & Static<
  TObject<(typeof readers)[Name]['options']>
>
/** `as:` with options. */
export type AnyReaderOptions = { [Name in ReaderName]: ReaderOptions<Name> }[ReaderName]
export type Reader = ReaderName | AnyReaderOptions

const withOptions = (name: ReaderName): TSchema =>
  Type.Object(
    { reader: Type.Literal(name), ...readers[name].options },
    { additionalProperties: false, title: name, description: readers[name].summary.en },
  )

export const Reader = Type.Unsafe<Reader>(
  Type.Union([ReaderName, ...readerNames.map(withOptions)], {
    description: 'A reader by its name, or with its options',
  }),
)

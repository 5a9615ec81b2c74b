// @ts-check
// What docs/mapping-reference.md takes from the schemas of the mapping language: every key with its words, every reader with its examples.
import { stringify } from 'yaml'

/**
 * @typedef {{ title?: string, description?: string, const?: string, enum?: (string | number)[], type?: string, minimum?: number, maximum?: number, maxLength?: number,
 *   maxItems?: number, maxProperties?: number, required?: string[], properties?: Record<string, Schema>, patternProperties?: Record<string, Schema>,
 *   anyOf?: Schema[], items?: Schema }} Schema
 */

/** @returns {Promise<Record<string, string>>} Markdown by name */
export async function mappingParts() {
  const language = await import('../schemas/mapping.ts')
  const { Reader, readers } = await import('../schemas/readers.ts')
  const { MessageContent } = await import('../schemas/message.ts')
  const { ReportContent } = await import('../schemas/report.ts')
  const { ROOTS, REPORTER_ROOT } = await import('../gateway/mapping/reverse-scope.ts')
  const { BUILT_IN } = await import('../gateway/mapping/reference-tables.ts')
  const names = sectionNames({ ...language, Reader })
  /** @param {unknown} schema */
  const keys = (schema) => keyTable(/** @type {Schema} */ (schema), names)
  const [report, message] = language.ForwardRule.anyOf
  const [call, skip, task] = language.ReverseAction.anyOf
  return {
    'mapping-platform': keys(language.Mapping),
    'mapping-feed': keys(language.FeedMapping),
    'mapping-filter': keys(language.Filter),
    'mapping-rule': both([keys(report), keys(message)]),
    'mapping-targets-report': targetTable(/** @type {Schema} */ (/** @type {unknown} */ (ReportContent))),
    'mapping-targets-message': targetTable(/** @type {Schema} */ (/** @type {unknown} */ (MessageContent))),
    'mapping-field': keys(language.FieldRule),
    'mapping-table': keys(language.CodeTable),
    'mapping-built-in': BUILT_IN.map((name) => `\`${name}\``).join(', '),
    'mapping-reverse': keys(language.ReverseMapping),
    'mapping-actions': both([keys(call), keys(skip), keys(task)]),
    'mapping-request': keys(language.ReverseRequest),
    'mapping-answer': keys(language.ReverseAnswer),
    'mapping-lookup': keys(language.ReverseLookup),
    'mapping-way': keys(language.ReverseWay),
    'mapping-readable': readableTable({ ...ROOTS, ...REPORTER_ROOT }),
    'mapping-readers': Object.entries(readers)
      .map(([name, reader]) => readerSection(name, reader, names))
      .join('\n\n'),
  }
}

/** Kinds of one choice under each other. @param {string[]} tables */
const both = (tables) => tables.join('\n\n')

/**
 * Schemas that have a section, or a word, of their own.
 * @param {Record<string, unknown>} schemas
 */
function sectionNames(schemas) {
  /** @type {Record<string, string>} */
  const words = {
    Field: '[field](#fields)',
    FieldRule: '[field](#fields)',
    Reader: '[reader](#readers-as)',
    TableUse: '[table](#code-tables)',
    CodeTable: '[code table](#code-tables)',
    FeedMapping: '[feed](#feeds)',
    Filter: '[filter](#filters)',
    ForwardRule: '[rule](#rules)',
    ReverseMapping: '[reverse](#reverse)',
    ReverseAction: '[action](#actions)',
    ReverseActions: '[action, or a list of them](#actions)',
    ReverseAnswer: '[answer](#answers)',
    ReverseRequest: '[request](#requests)',
    ReverseLookup: '[look-up](#look-up)',
    ReverseWay: '[way](#ways)',
    Title: '`{ zh, en }`',
  }
  return new Map(
    Object.entries(words).map(([name, word]) => [shapeOf(/** @type {Schema} */ (schemas[name])), word]),
  )
}

/** A schema without the words about one place of it. @param {Schema} schema */
function shapeOf(schema) {
  return JSON.stringify({ ...schema, description: undefined })
}

/**
 * @param {Schema} schema
 * @param {Map<string, string>} names
 */
function keyTable(schema, names) {
  const rows = Object.entries(schema.properties ?? {}).map(([key, value]) => [
    `\`${key}\`${schema.required?.includes(key) === true ? ' *' : ''}`,
    valueWords(value, names),
    value.description ?? '',
  ])
  return table(['key', 'value', 'meaning'], rows)
}

/**
 * @param {Schema} schema
 * @param {Map<string, string>} names
 * @returns {string}
 */
function valueWords(schema, names) {
  const named = names.get(shapeOf(schema))
  if (named !== undefined) return named
  if (schema.const !== undefined) return `\`${schema.const}\``
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${value}\``).join(' ')
  if (schema.anyOf !== undefined)
    return [...new Set(schema.anyOf.map((one) => valueWords(one, names)))].join(' or ')
  const [inner] = Object.values(schema.patternProperties ?? {})
  if (inner !== undefined)
    return `${valueWords(inner, names)} by name${limit(schema.maxProperties, 'at most')}`
  switch (schema.type) {
    case 'array':
      return `list of ${valueWords(schema.items ?? {}, names)}${limit(schema.maxItems, 'at most')}`
    case 'string':
      return schema.title ?? `text${limit(schema.maxLength, 'up to')}`
    case 'integer':
    case 'number':
      return rangeOf(schema)
    case 'boolean':
      return '`true` `false`'
    case 'object':
      return `\`{ ${Object.keys(schema.properties ?? {}).join(', ')} }\``
    default:
      return 'anything'
  }
}

/** @param {Schema} schema */
function rangeOf({ minimum, maximum }) {
  if (minimum === undefined) return 'number'
  return maximum === undefined ? `number from ${minimum}` : `${minimum} to ${maximum}`
}

/**
 * @param {number | undefined} most
 * @param {string} words
 */
const limit = (most, words) => (most === undefined ? '' : `, ${words} ${most}`)

/** Every place that a field can fill, with its path. @param {Schema} schema */
function targetTable(schema) {
  return table(['target', 'value', 'meaning'], targetRows(schema, ''))
}

/**
 * @param {Schema} node
 * @param {string} path
 * @returns {string[][]}
 */
function targetRows(node, path) {
  return Object.entries(node.properties ?? {}).flatMap(([name, schema]) => {
    const full = path === '' ? name : `${path}.${name}`
    const must = node.required?.includes(name) === true && path === '' ? ' *' : ''
    const [inner] = Object.values(schema.patternProperties ?? {})
    if (schema.properties !== undefined) return targetRows(schema, full)
    if (inner !== undefined)
      return [[`\`${full}.<name>\``, valueWords(inner, new Map()), schema.description ?? '']]
    if (schema.items?.properties !== undefined)
      return [
        [`\`${full}\``, `list, at most ${schema.maxItems}`, schema.description ?? ''],
        ...targetRows(schema.items, `${full}[0]`),
      ]
    return [[`\`${full}\`${must}`, valueWords(schema, new Map()), schema.description ?? '']]
  })
}

/** @param {Record<string, true | readonly string[]>} roots */
function readableTable(roots) {
  return table(
    ['first name', 'below it'],
    Object.entries(roots).map(([name, below]) => [
      `\`${name}\``,
      below === true ? 'anything' : below.length === 0 ? '–' : below.map((one) => `\`${one}\``).join(' '),
    ]),
  )
}

/**
 * @param {string} name
 * @param {{ summary: { en: string, zh: string }, options: Record<string, unknown>, examples: readonly object[] }} reader
 * @param {Map<string, string>} names
 */
function readerSection(name, { summary, options, examples }, names) {
  const rows = Object.entries(options).map(([option, schema]) => {
    const shown = /** @type {Schema} */ (schema)
    return [`\`${option}\``, valueWords(shown, names), shown.description ?? '']
  })
  return [
    `### \`${name}\` ${summary.zh}`,
    summary.en,
    ...(rows.length === 0 ? [] : [table(['option', 'value', 'meaning'], rows)]),
    ...examples.map(exampleBlock),
  ].join('\n\n')
}

/** @param {object} example */
function exampleBlock(example) {
  const { about, ...parts } = /** @type {{ about?: string }} */ (example)
  const lines = Object.entries(parts).map(([key, value]) => {
    if (key !== 'fields' && key !== 'body' && key !== 'codes') return `${key}: ${flow(value)}`
    const members = Object.entries(value).map(([name, one]) => `  ${name}: ${flow(one)}`)
    return [`${key}:`, ...members].join('\n')
  })
  return [...(about === undefined ? [] : [about, '']), '```yaml', ...lines, '```'].join('\n')
}

/** One line of YAML. @param {unknown} value */
function flow(value) {
  return stringify(value, {
    collectionStyle: 'flow',
    flowCollectionPadding: true,
    lineWidth: 0,
    singleQuote: true,
  }).trimEnd()
}

/**
 * @param {string[]} heading
 * @param {string[][]} rows
 */
function table(heading, rows) {
  const line = (/** @type {string[]} */ cells) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(heading), line(heading.map(() => '---')), ...rows.map(line)].join('\n')
}

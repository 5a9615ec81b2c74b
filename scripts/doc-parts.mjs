// @ts-check
// What the documentation takes from the code: one piece of Markdown for each name of a `<!-- generated: NAME -->` marker.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { mappingParts } from './mapping-parts.mjs'

const root = join(import.meta.dirname, '..')

/** @returns {Promise<Record<string, string>>} Markdown by name */
export async function generatedParts() {
  const [{ errorCodes }, { variables }, { createMetrics }, flows, commands] = await Promise.all([
    import('../gateway/telemetry/errors.ts'),
    import('../gateway/config/config.ts'),
    import('../gateway/telemetry/metrics.ts'),
    flowParts(),
    commandRows(),
  ])
  const hotline = await statusRows('hotline-12345')
  const metrics = (await createMetrics().registry.getMetricsAsJSON()).filter(
    ({ name }) => !/^guiyi_(process|nodejs)_/.test(name),
  )
  return {
    ...flows,
    ...(await settingsParts()),
    ...(await mappingParts()),
    'hotline-statuses': table(['event', 'code', 'request', 'class', 'must have'], hotline),
    commands: table(['command', 'does'], commands),
    errors: table(
      ['code', 'HTTP', 'means'],
      Object.entries(errorCodes).map(([code, [status, title]]) => [`\`${code}\``, String(status), title]),
    ),
    metrics: table(
      ['metric', 'kind', 'what it is'],
      metrics.map(({ name, type, help }) => [`\`${name}\``, String(type), help]),
    ),
    variables: table(
      ['variable', 'meaning'],
      Object.entries(variables).map(([name, meaning]) => [`\`${name}\``, meaning]),
    ),
  }
}

/**
 * @typedef {{ title?: string, description?: string, const?: unknown, default?: unknown, enum?: unknown[], type?: string, minimum?: number,
 *   maximum?: number, writeOnly?: boolean, required?: string[], properties?: Record<string, Setting>, anyOf?: Setting[], items?: Setting }} Setting
 */

/** A table of settings for each adapter, from the schema that checks them. */
async function settingsParts() {
  const { adapters } = await import('../adapters/registry.ts')
  return Object.fromEntries(
    [...adapters.values()].map(({ protocol, settings }) => {
      const rows = settingRows(settings, '')
      const part =
        rows.length === 0 ? 'It has no settings.' : table(['setting', 'value', '说明 / meaning'], rows)
      return [`settings-${protocol}`, part]
    }),
  )
}

/**
 * Every setting with its path; those of one kind of a choice stand under that kind.
 * @param {Setting} node
 * @param {string} path
 * @returns {string[][]}
 */
function settingRows(node, path) {
  const own = Object.entries(node.properties ?? {}).flatMap(([name, setting]) => {
    const full = path === '' ? name : `${path}.${name}`
    const must = node.required?.includes(name) === true && setting.const === undefined ? ', required' : ''
    return [[`\`${full}\``, `${valueOf(setting)}${must}`, meaningOf(setting)], ...settingRows(setting, full)]
  })
  const kinds = (node.anyOf ?? []).flatMap((kind) => {
    const named = Object.entries(kind.properties ?? {}).find(([, { const: value }]) => value !== undefined)
    return settingRows(kind, named === undefined ? path : `${path}(${written(named[1].const)})`)
  })
  const items = node.items === undefined ? [] : settingRows(node.items, `${path}[]`)
  return [...own, ...kinds, ...items]
}

/** @param {Setting} setting */
function valueOf(setting) {
  const { const: value, enum: values, default: preset, minimum, maximum } = setting
  if (value !== undefined) return `\`${written(value)}\``
  const kinds = (setting.anyOf ?? []).map((kind) => kind.const ?? kind.type ?? 'object')
  const choice = values ?? (kinds.every((kind) => typeof kind === 'string') ? undefined : kinds)
  const kind = setting.writeOnly === true ? 'secret' : (setting.type ?? (setting.anyOf ? 'choice' : 'any'))
  const shape = choice === undefined ? kind : choice.map((one) => `\`${written(one)}\``).join(' ')
  const range = minimum === undefined && maximum === undefined ? '' : ` ${minimum ?? ''}…${maximum ?? ''}`
  return `${shape}${range}${preset === undefined ? '' : `, \`${JSON.stringify(preset).replaceAll('"', '')}\` where missing`}`
}

/**
 * A value as it is written in a file, without quotation marks.
 * @param {unknown} value
 */
function written(value) {
  return JSON.stringify(value).replaceAll('"', '')
}

/** @param {Setting} setting */
function meaningOf({ title, description }) {
  return [title, description].filter((text) => text !== undefined).join('<br>')
}

/**
 * What a platform tells its partner of each event.
 * @param {string} platform
 */
async function statusRows(platform) {
  const { parse } = await import('yaml')
  const { PlainEventType, StateEventType } = await import('../schemas/case.ts')
  const { reverse } = parse(
    readFileSync(join(root, 'mappings/platforms', platform, 'platform.yaml'), 'utf8'),
    { merge: true },
  )
  return [...StateEventType.enum, ...PlainEventType.enum].flatMap((type) => {
    const { action, code, request, class: kind, requires = [] } = [reverse.events[type] ?? {}].flat().at(-1)
    return action === 'call'
      ? [[`\`${type}\``, `\`${code}\``, request, kind, requires.length === 0 ? '' : codes(requires)]]
      : []
  })
}

/** The two flows and the events that change no state, as the code has them. */
async function flowParts() {
  const { CaseState, Flow, PlainEventType, StateEventType } = await import('../schemas/case.ts')
  const { allowedEvents, allowedTransitions, isPlain, stateAfter } =
    await import('../gateway/dispatch/flow.ts')
  const stateNames = chineseOf(CaseState)
  const follow = CaseState.enum.map((state) => [
    `\`${state}\` ${stateNames.get(state)}`,
    ...[...Flow.enum].toReversed().map((flow) => codes(allowedTransitions(state, flow))),
  ])
  const open = new Set(allowedEvents('registered', 'general'))
  const closed = new Set(allowedEvents('closed', 'general'))
  const plainNames = chineseOf(PlainEventType)
  const plain = PlainEventType.enum
    .filter(isPlain)
    .map((type) => [
      `\`${type}\` ${plainNames.get(type)}`,
      open.has(type)
        ? closed.has(type)
          ? 'in every state'
          : 'until the case is closed'
        : 'never: only the gateway makes it',
    ])
  const moves = StateEventType.enum.filter((type) => stateAfter('dispatched', type, 'signed') !== type)
  return {
    flows: table(['the case is', '简易 `simple`: may follow', '一般 `general`: may follow'], follow),
    'plain-events': table(['event', 'the dispatch may append it'], plain),
    'moving-events': `Every state event leads to the state of its own name, but for ${codes(moves)}.`,
  }
}

/**
 * A schema's values with the Chinese that its description lists in the same order.
 * @param {{ enum: readonly string[], description?: string }} schema
 */
function chineseOf(schema) {
  const names = (schema.description ?? '').split(' · ')
  return new Map(schema.enum.map((value, index) => [value, names[index] ?? '']))
}

async function commandRows() {
  /** @type {string[][]} */
  const rows = []
  const names = /(\w+): async \(\) => \(await import\('\.\/([^']*)'\)\)\.\w+Command/g
  for (const [, name, file] of readFileSync(join(root, 'gateway/cli.ts'), 'utf8').matchAll(names)) {
    const exported = await import(join(root, 'gateway', String(file)))
    const command = exported[`${name}Command`]
    const children = Object.entries(command.subCommands ?? {})
    if (children.length === 0) rows.push([`\`guiyi ${name}\``, command.meta.description])
    for (const [child, { meta, args = {} }] of children)
      rows.push([`\`guiyi ${name} ${child}${required(args)}\``, meta.description])
  }
  if (rows.length === 0)
    throw new Error('gateway/cli.ts names no command in the form that is looked for here.')
  return rows
}

/** @param {Record<string, { type: string, required?: boolean }>} args */
function required(args) {
  const needed = Object.entries(args).filter(([, { required: must }]) => must === true)
  return needed
    .map(([name, { type }]) =>
      type === 'positional' ? ` <${name}>` : type === 'boolean' ? ` --[no-]${name}` : ` --${name} …`,
    )
    .join('')
}

/** @param {readonly string[]} names */
function codes(names) {
  return names.length === 0 ? '–' : names.map((name) => `\`${name}\``).join(', ')
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

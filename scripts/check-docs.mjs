// @ts-check
// Holds the documentation to the code: the parts between `<!-- generated: NAME -->` and `<!-- /generated -->` are made from
// it, every relative link leads to a file and a heading, and every log line is described. `--write` brings the parts up to date.
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

const root = join(import.meta.dirname, '..')
const skipped = new Set(['node_modules', 'var', 'coverage', '.git'])
const write = process.argv.includes('--write')
const marker = /(<!-- generated: ([a-z0-9-]+) -->\n)([\s\S]*?)(<!-- \/generated -->)/g

process.exitCode = await main()

async function main() {
  const parts = await generatedParts()
  const files = filesUnder(root, (name) => name.endsWith('.md'))
  const texts = new Map(files.map((file) => [file, readFileSync(file, 'utf8')]))
  const faults = [...texts].flatMap(([file, text]) => staleParts(file, text, parts))
  const used = new Set(
    [...texts.values()].flatMap((text) => [...text.matchAll(marker)].map(([, , name]) => name)),
  )
  for (const name of Object.keys(parts))
    if (!used.has(name)) faults.push(`No file has the part "${name}". Add its markers.`)
  faults.push(...[...texts].flatMap(([file, text]) => brokenLinks(file, text)))
  faults.push(...undescribedLogLines(texts.get(join(root, 'docs/operate.md')) ?? ''))
  for (const fault of faults) console.log(fault)
  console.log(
    `${texts.size} files, ${Object.keys(parts).length} generated parts: ${faults.length === 0 ? 'well' : `${faults.length} faults`}`,
  )
  return faults.length === 0 ? 0 : 1
}

/**
 * @param {string} file
 * @param {string} text
 * @param {Record<string, string>} parts
 * @returns {string[]}
 */
function staleParts(file, text, parts) {
  /** @type {string[]} */
  const faults = []
  const fresh = text.replaceAll(marker, (whole, begin, name, _old, end) => {
    const part = parts[name]
    if (part !== undefined) return `${begin}\n${part}\n\n${end}`
    faults.push(
      `${shown(file)}: there is no generated part "${name}". Known: ${Object.keys(parts).join(', ')}.`,
    )
    return whole
  })
  if (fresh === text) return faults
  if (write) writeFileSync(file, fresh)
  else
    faults.push(
      `${shown(file)}: a generated part differs from the code. Run: node scripts/check-docs.mjs --write`,
    )
  return faults
}

/** @returns {Promise<Record<string, string>>} Markdown by name */
async function generatedParts() {
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
    const { action, code, request, class: kind, requires = [] } = reverse.events[type] ?? {}
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
  const folder = join(root, 'gateway/commands')
  /** @type {string[][]} */
  const rows = []
  const names = /(\w+): async \(\) => \(await import\([^)]*\)\)\.\w+Command/g
  for (const [, name] of readFileSync(join(root, 'gateway/cli.ts'), 'utf8').matchAll(names)) {
    const exported = await import(join(folder, `${name}.ts`))
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

/**
 * @param {string} file
 * @param {string} text
 * @returns {string[]}
 */
function brokenLinks(file, text) {
  const prose = text.replaceAll(/```[\s\S]*?```|`[^`\n]*`/g, '')
  const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target ?? '')
  return targets
    .filter((target) => !/^[a-z]+:/.test(target))
    .flatMap((target) => {
      const [path = '', heading] = target.split('#')
      const goal = path === '' ? file : resolve(dirname(file), decodeURI(path))
      if (!existsSync(goal)) return [`${shown(file)}: the link ${target} leads nowhere.`]
      if (heading === undefined || statSync(goal).isDirectory()) return []
      return headings(readFileSync(goal, 'utf8')).includes(decodeURI(heading))
        ? []
        : [`${shown(file)}: ${target}: there is no such heading.`]
    })
}

/** @param {string} text */
function headings(text) {
  return [...text.replaceAll(/```[\s\S]*?```/g, '').matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    (title ?? '')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-'),
  )
}

/**
 * Every `event: '…'` that a logger is given stands in the operators' list.
 * @param {string} operate
 */
function undescribedLogLines(operate) {
  const events = filesUnder(
    join(root, 'gateway'),
    (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
  ).flatMap((file) =>
    [
      ...readFileSync(file, 'utf8').matchAll(
        /(?:log(?:\.\w+|\[\w+\])\(\{|logger\.\w+\(\{)\s*event: '([a-z.-]+)'/g,
      ),
    ].map(([, event]) => event ?? ''),
  )
  return [...new Set(events)]
    .filter((event) => !operate.includes(`\`${event}\``))
    .map((event) => `docs/operate.md: the log line "${event}" is not described.`)
}

/**
 * @param {string} folder
 * @param {(name: string) => boolean} wanted
 * @returns {string[]}
 */
function filesUnder(folder, wanted) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory())
      return skipped.has(entry.name) ? [] : filesUnder(join(folder, entry.name), wanted)
    return wanted(entry.name) ? [join(folder, entry.name)] : []
  })
}

/** @param {string} file */
function shown(file) {
  return relative(root, file)
}

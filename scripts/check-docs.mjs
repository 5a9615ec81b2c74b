// @ts-check
// Holds the documentation to the code: the parts between `<!-- generated: NAME -->` and `<!-- /generated -->` are made from
// it, every relative link leads to a file and a heading, and every log line is described. `--write` brings the parts up to date.
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { generatedParts } from './doc-parts.mjs'

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

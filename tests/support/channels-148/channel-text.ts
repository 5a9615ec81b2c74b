/** A channel's file as an admin would write it: sections as blocks, what belongs together on one line. */
import { stringify } from 'yaml'

type Tree = Readonly<Record<string, unknown>>

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** How many levels below a section are written as blocks. */
const blockLevels: { readonly [section: string]: number } = { feeds: 3, reverse: 2, codes: 1 }
/** An access or an account, a whole rule, one code table: on one line. */
const onOneLine = new Set(['settings', 'registered'])

const flow = (value: unknown): string =>
  stringify(value, { collectionStyle: 'flow', lineWidth: 0, aliasDuplicateObjects: false }).trimEnd()

/** A list of rules, each as a block of its own. */
function rulesOf(rules: readonly Tree[], indent: string): string[] {
  return rules.flatMap((rule) =>
    linesOf(rule, 1, `${indent}  `).map((line, at) => (at === 0 ? `${indent}- ${line.trimStart()}` : line)),
  )
}

function linesOf(tree: Tree, levels: number, indent: string): string[] {
  return Object.entries(tree).flatMap(([name, value]) => {
    const key = `${indent}${flow(name)}`
    if (Array.isArray(value) && value.every(isTree)) return [`${key}:`, ...rulesOf(value, `${indent}  `)]
    if (levels === 0 || !isTree(value) || onOneLine.has(name) || Object.keys(value).length === 0)
      return [`${key}: ${flow(value)}`]
    if (Object.keys(value).length === 1 && 'enabled' in value) return [`${key}: ${flow(value)}`]
    return [`${key}:`, ...linesOf(value, levels - 1, `${indent}  `)]
  })
}

export function channelText(comment: string, file: Tree): string {
  const lines = Object.entries(file).flatMap(([section, value]) =>
    linesOf({ [section]: value }, blockLevels[section] ?? 0, ''),
  )
  return [`# ${comment}`, ...lines, ''].join('\n')
}

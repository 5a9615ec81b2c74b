import { suggestion } from './definition-error.ts'
import { compilePath, EVERY, MAX_ITEMS, parsePath, TOO_MANY } from './path.ts'
import type { FieldScope, Run } from './run.ts'

/** A path's getter; a leading `$` reads what surrounds the record. */
export function compileGetter(text: string, at: string, scope: FieldScope): (run: Run) => unknown {
  const surrounding = text.startsWith('$')
  const parsed = parsePath(surrounding ? text.slice(1) : text)
  if (parsed.kind === 'fault') {
    scope.faults.add(at, parsed.detail)
    return () => undefined
  }
  const { path } = parsed
  if (surrounding) {
    const name = String(path[0])
    const from = Object.hasOwn(scope.surroundings, name) ? scope.surroundings[name] : undefined
    if (from === undefined) {
      scope.faults.add(
        at,
        `"${text}" is not known.${suggestion(name, Object.keys(scope.surroundings))} A record's own key with a dollar sign is written '$key'.`,
      )
      return () => undefined
    }
    if (path.length === 1) return from
    if (name === 'record') scope.reads.add(path.slice(1))
    const below = compilePath(path.slice(1))
    return (run) => bounded(below(from(run)), text, run)
  }
  const words = scope.checkPath(path, text)
  if (words !== undefined) scope.faults.add(at, words)
  scope.reads.add(path)
  const get = compilePath(path)
  if (!path.includes(EVERY)) return (run) => get(run.root)
  return (run) => bounded(get(run.root), text, run)
}

function bounded(value: unknown, text: string, run: Run): unknown {
  if (value !== TOO_MANY) return value
  run.problems.push({
    code: 'mapping.too-much',
    pointer: '',
    detail: `Channel ${run.channelId} sent more than ${MAX_ITEMS} values at ${text}. Send fewer, or take one place of the list.`,
  })
  return undefined
}

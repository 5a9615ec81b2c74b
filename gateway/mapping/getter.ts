import { suggestion } from './definition-error.ts'
import { compilePath, parsePath } from './path.ts'
import type { FieldScope, Run } from './run.ts'

/** A path's getter; a leading `$` reads what surrounds the record. */
export function compileGetter(text: string, at: string, scope: FieldScope): (run: Run) => unknown {
  const surrounding = text.startsWith('$')
  const parsed = parsePath(surrounding ? text.slice(1) : text)
  if (parsed.kind === 'fault') {
    scope.faults.add(at, parsed.detail)
    return () => undefined
  }
  const [first] = parsed.path
  if (surrounding) {
    if (!scope.surroundings.includes(String(first))) {
      scope.faults.add(
        at,
        `"${text}" is not known.${suggestion(String(first), scope.surroundings)} A record's own key with a dollar sign is written '$key'.`,
      )
    }
    const get = compilePath(parsed.path)
    return (run) => get(run.surroundings)
  }
  const words = scope.checkPath(parsed.path, text)
  if (words !== undefined) scope.faults.add(at, words)
  scope.fieldsRead.add(String(first))
  const get = compilePath(parsed.path)
  return (run) => get(run.root)
}

/** The address of a call: the channel's base address and the mapping's path. */
import type { Notice } from '../../schemas/delivery.ts'
import { RequestFault } from './request-fault.ts'

/** `path` may hold {externalId}, {case}, {code} and {event}; they are encoded. Throws RequestFault. */
export function urlOf(baseUrl: string, path: string, notice: Notice): string {
  const filled = path.replace(/\{([^{}]*)\}/g, (_, name: string) =>
    encodeURIComponent(placeholder(name, notice)),
  )
  const written = `${baseUrl.replace(/\/+$/, '')}/${filled.replace(/^\/+/, '')}`
  const url = URL.parse(written)
  if (!url) throw new RequestFault('baseUrl and path together are no URL.')
  return url.href
}

function placeholder(name: string, { source, case: caseNumber, code, event }: Notice): string {
  const values: Readonly<Record<string, string | undefined>> = {
    externalId: source.externalId,
    case: caseNumber,
    code,
    event: event.type,
  }
  if (!Object.hasOwn(values, name))
    throw new RequestFault(
      `The path of the mapping's request has an unknown placeholder. Known are {externalId}, {case}, {code}, {event}.`,
    )
  const value = values[name]
  if (value === undefined || value === '')
    throw new RequestFault(`The path needs {${name}}, which this event does not have.`)
  // "." and ".." would climb to another path of the partner's, encoded or not.
  if (value === '.' || value === '..') throw new RequestFault(`{${name}} cannot stand in a path.`)
  if (!value.isWellFormed())
    throw new RequestFault(`{${name}} holds half a character and cannot stand in a path.`)
  return value
}

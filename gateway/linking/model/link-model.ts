/** The linking model 关联模型: tables of weights for told and for located reports, as shipped or as trained here. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { GatewayError } from '../../telemetry/errors.ts'
import { movedOn, type ScoringTable } from './scoring-table.ts'

/** Which table compares a pair: citizens' words, or places with few words. */
export const tableNames = ['told', 'located'] as const
export type TableName = (typeof tableNames)[number]

export interface LinkModel {
  /** Matches name it. */
  readonly version: string
  readonly told: ScoringTable
  readonly located: ScoringTable
}

type Tables = { readonly [table in TableName]?: ScoringTable }

/**
 * What a trained model keeps: its tables, and in `from` the shipped ones that it was trained from; without them its tables hold as they stand. Whatever else the
 * shipped tables carry is not kept.
 */
export interface TrainedTables extends Tables {
  readonly from?: Tables
}

/** Admins say `shipped`, whatever its version. */
export const shippedName = 'shipped'

let shipped: LinkModel | undefined

/** The model of this release. Its version changes with its tables. */
export function shippedModel(): LinkModel {
  shipped ??= readShipped()
  return shipped
}

function readShipped(): LinkModel {
  const told = readTable('told.json')
  const located = existsSync(new URL('located.json', import.meta.url)) ? readTable('located.json') : told
  const hash = createHash('sha256')
    .update(JSON.stringify([told, located]))
    .digest('hex')
  return { version: `${shippedName}-${hash.slice(0, 8)}`, told, located }
}

function readTable(name: string): ScoringTable {
  const table: unknown = JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'))
  if (!isScoringTable(table))
    throw new Error(`${name} is no scoring table: prior, thresholds or weights are wrong.`)
  return table
}

/**
 * A trained model over the shipped one: what the training moved is moved on the tables of this release, so that a newer release keeps what it brings. Throws
 * `link.model` where the stored tables cannot be read.
 */
export function trainedModel(version: string, parameters: unknown): LinkModel {
  const base = shippedModel()
  const stored = isRecord(parameters) ? parameters : {}
  const from = isRecord(stored['from']) ? stored['from'] : {}
  const over = (name: TableName): ScoringTable => {
    const to = stored[name]
    if (to === undefined) return base[name]
    const start = from[name] ?? base[name]
    if (isScoringTable(to) && isScoringTable(start)) return movedOn(base[name], { from: start, to })
    throw new GatewayError(
      'link.model',
      `The linking model ${version} cannot be read (table "${name}"), so it links nothing. Use another: \`guiyi link use shipped\`, or train one: \`guiyi link train\`.`,
    )
  }
  return { ...base, version, told: over('told'), located: over('located') }
}

const isRecord = (value: unknown): value is { readonly [name: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isShare = (value: unknown): boolean => typeof value === 'number' && value > 0 && value < 1

function isScoringTable(value: unknown): value is ScoringTable {
  if (!isRecord(value) || !isRecord(value['thresholds']) || !isRecord(value['weights'])) return false
  const { link, review } = value['thresholds']
  return (
    Number.isFinite(value['prior']) &&
    isShare(link) &&
    isShare(review) &&
    Object.values(value['weights']).every(
      (levels) => isRecord(levels) && Object.values(levels).every(Number.isFinite),
    )
  )
}

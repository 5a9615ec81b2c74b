import { GatewayError } from '../telemetry/errors.ts'

/** What a sample of a source holds: records as the channel's adapter would hand them to a mapping. */
export interface Sample {
  readonly form: SampleForm
  /** Where the records stand in a payload, as the setting `records` says it; missing: at the top. */
  readonly recordsPath?: string
  readonly records: readonly SampleRecord[]
  /** What a person should know about how it was read. */
  readonly notes: readonly string[]
}

export type SampleForm = 'json' | 'xml' | 'csv' | 'xlsx'
export interface SampleRecord {
  readonly [key: string]: unknown
}

/** A sample is a few pages of a source, not its whole store. */
export const sampleBounds = {
  bytes: 5 * 1024 * 1024,
  records: 1_000,
  fields: 500,
  depth: 20,
} as const

/** `sample.unreadable`: the message says what is wrong, where, and what to do. It quotes nothing of the sample. */
export const unreadable = (message: string, options: { cause?: unknown } = {}): GatewayError =>
  new GatewayError('sample.unreadable', message, options)

/** More fields than a record has. */
export const tooWide = (): GatewayError =>
  unreadable(
    `The records have more than ${sampleBounds.fields} different fields. Send records of one kind, or leave out columns that nobody needs.`,
  )

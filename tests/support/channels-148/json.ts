/** Channels that speak JSON over HTTP: pushed, as a form with photos, or polled; told by a call, by their own pull, or by hand. */
import { formOf } from './form.ts'
import { codesOf, fieldsOf, recordOf, sourceOf, type Source, type Vocabulary } from './json-source.ts'
import { baseUrlOf, ourAccess, signedOrKeyed, type Family, type Making } from './place.ts'
import type { Incoming, Page, Told } from './types.ts'

/** Called, by its own pull, or through a clerk. */
export type ToldBy = 'call' | 'pull' | 'manual'

export interface JsonPlatform {
  readonly vocabulary: Vocabulary
  readonly feed: string
  /** Its feeds that are not spoken here. */
  readonly silent?: readonly string[]
  /** Paths of `identity` behind the number; without them the identity needs no words of the channel. */
  readonly alsoIdentity?: readonly unknown[]
  /** How its records come in. */
  readonly arrives:
    | { readonly kind: 'push' | 'form'; readonly envelope?: (record: object) => object }
    | {
        readonly kind: 'poll'
        readonly intervalsS: readonly number[]
        page(record: object): Page
        /** What its poll must say where numbers have another name. */
        since?(numberPath: string): object
      }
  readonly told: { readonly request: string; readonly field: string; readonly answer: object }
  readonly by: (index: number) => ToldBy
}

type Arrival = { readonly settings: object; readonly incoming: Incoming }

function arrivalOf({ arrives, feed }: JsonPlatform, source: Source, making: Making): Arrival {
  const record = recordOf(source, making)
  if (arrives.kind === 'poll') {
    const { settings, proof } = ourAccess(making, ['token', 'key', 'login'])
    const intervalS = arrives.intervalsS[making.index % arrives.intervalsS.length]
    const renamed = source.names !== source.vocabulary.names
    const poll = renamed ? arrives.since?.(source.names.number) : undefined
    return {
      settings: { baseUrl: baseUrlOf(making), ...settings, intervalS, ...(poll && { poll }) },
      incoming: { kind: 'poll', page: arrives.page(record), proof },
    }
  }
  const { settings, proof } = signedOrKeyed(making)
  const body = JSON.stringify(arrives.envelope?.(record) ?? record)
  const json = { contentType: 'application/json', body }
  const written = arrives.kind === 'form' && making.index % 2 === 0 ? formOf('data', body) : json
  return { settings, incoming: { kind: 'push', path: `feeds/${feed}`, ...written, proof } }
}

function toldOf({ told, by, arrives }: JsonPlatform, making: Making): { reverse: object; told: Told } {
  const { accepted: code, index } = making
  const events = {
    registered: { action: 'call', request: told.request, code, class: 'acceptance' },
  }
  switch (by(index)) {
    case 'pull':
      return { reverse: { pull: true, events }, told: { kind: 'pull', code } }
    case 'manual':
      return { reverse: { manual: true, events }, told: { kind: 'task', code, text: '已受理' } }
    case 'call': {
      const polled = arrives.kind === 'poll'
      const { settings, proof } = ourAccess(making, [
        ...(polled ? [] : ['signed' as const]),
        'token',
        'key',
        'login',
      ])
      const answer = { contentType: 'application/json', body: JSON.stringify(told.answer) }
      return {
        reverse: { settings: { baseUrl: baseUrlOf(making), ...settings }, events },
        told: { kind: 'call', form: 'json', field: told.field, code, proof, answer },
      }
    }
  }
}

/** The family of the channels of a platform. */
export const jsonFamily =
  (platform: JsonPlatform): Family =>
  (making) => {
    const source = sourceOf(platform.vocabulary, making)
    const fields = fieldsOf(source)
    const { settings, incoming } = arrivalOf(platform, source, making)
    const { reverse, told } = toldOf(platform, making)
    const renamed = source.names !== platform.vocabulary.names
    const silent = (platform.silent ?? []).map((feed) => [feed, { enabled: false }])
    return {
      file: {
        feeds: {
          [platform.feed]: {
            settings,
            ...(renamed &&
              platform.alsoIdentity !== undefined && {
                identity: [source.names.number, ...platform.alsoIdentity],
              }),
            ...(Object.keys(fields).length > 0 && { fields }),
          },
          ...Object.fromEntries(silent),
        },
        reverse,
        codes: codesOf(source),
      },
      incoming,
      told,
      expected: {
        category: making.matter.category,
        // Without a table the title says it, and this one has no such word.
        kind: source.kinds === undefined ? 'complaint' : making.kind,
      },
    }
  }

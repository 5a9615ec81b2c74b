/**
 * Which letter a mail belongs to, without asking a database. The Message-ID of each answer of ours names the letter that it
 * answers, and whom we wrote to, under a keyed tag: `<g1.{letter}.{delivery}.{to}.{tag}@domain>`. A reply carries it in
 * In-Reply-To or References. Without the secret nobody can make one that leads into somebody else's case.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/** A citizen's reply to an answer of ours. */
export interface ThreadPlace {
  /** The letter's id, as `shortId` gave it. */
  readonly letter: string
  /** Whether this address is the one that our answer went to. */
  isFor(address: string): boolean
}

/** Base64url of it, and our other parts, fit in the 255 characters that every server keeps. */
const maxId = 100
const maxReferences = 100
const ours = /^g1\.([\w-]{1,140})\.([\w-]{1,64})\.([\w-]{8})\.([\w-]{22})@/
const oursAnywhere = /g1\.[\w-]{1,140}\.[\w-]{1,64}\.[\w-]{8}\.[\w-]{22}@/g

/** A Message-ID as an id of at most 100 characters: itself, or its hash where it is longer. */
export function shortId(messageId: string): string {
  return messageId.length <= maxId ? messageId : `sha256-${hash(messageId)}`
}

/** What stands in for the Message-ID that a mail lacks: the same bytes give the same. */
export function idOfBytes(bytes: Uint8Array): string {
  return `sha256-${hash(bytes)}`
}

/** Message-IDs of a header, without brackets, oldest first; of a long list both ends. */
export function messageIdsIn(header: string): string[] {
  const bracketed = [...header.slice(0, 100_000).matchAll(/<([^<>\s]{1,998})>/g)].map(([, id = '']) => id)
  const found = bracketed.length > 0 || header.trim() === '' ? bracketed : [header.trim().slice(0, 998)]
  const ids = [...new Set(found)]
  return ids.length <= maxReferences ? ids : [...ids.slice(0, 10), ...ids.slice(-(maxReferences - 10))]
}

/** Our Message-ID for a delivery, without brackets: the same on every try. */
export function answerId(
  parts: { letter: string; delivery: string; to: string; domain: string },
  secret: string,
): string {
  const letter = Buffer.from(parts.letter).toString('base64url')
  const named = `${letter}.${parts.delivery.replaceAll(/[^\w-]/g, '').slice(0, 64)}.${personTag(parts.to, secret)}`
  return `g1.${named}.${tagOf(named, secret)}@${parts.domain}`
}

/** The place that one of these Message-IDs gives; null where none is ours. The newest counts. */
export function placeIn(messageIds: readonly string[], secrets: readonly string[]): ThreadPlace | null {
  for (const id of messageIds.toReversed()) {
    const place = placeOf(id, secrets)
    if (place !== null) return place
  }
  return null
}

/** The same for any text that quotes one, such as a bounce. */
export function placeQuoted(text: string, secrets: readonly string[]): ThreadPlace | null {
  return placeIn([...new Set(text.match(oursAnywhere) ?? [])].slice(0, maxReferences), secrets)
}

function placeOf(id: string, secrets: readonly string[]): ThreadPlace | null {
  const [, letter = '', delivery = '', to = '', tag = ''] = ours.exec(id) ?? []
  if (tag === '') return null
  const secret = secrets.find((one) => isSame(tag, tagOf(`${letter}.${delivery}.${to}`, one)))
  if (secret === undefined) return null
  return {
    letter: Buffer.from(letter, 'base64url').toString(),
    isFor: (address) => isSame(to, personTag(address, secret)),
  }
}

function isSame(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
}

function tagOf(text: string, secret: string): string {
  return createHmac('sha256', secret).update(`mailbox thread\n${text}`).digest('base64url').slice(0, 22)
}

function personTag(address: string, secret: string): string {
  const plain = address.trim().toLowerCase()
  return createHmac('sha256', secret).update(`mailbox person\n${plain}`).digest('base64url').slice(0, 8)
}

function hash(value: string | Uint8Array): string {
  return createHash('sha256').update(value).digest('hex').slice(0, 40)
}

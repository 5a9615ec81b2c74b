/**
 * The contract between the gateway and the code that speaks one protocol.
 *
 * Words: a *payload* is what arrived in one piece, byte for byte. A *record* is one entry of it, as a plain tree; what its
 * fields mean is the mapping's business. A *notice* is one case event in the partner's own words. An *outcome* is what
 * became of one try to hand it over. A *cursor* is where the next poll goes on; it moves only with the payload's commit.
 */
import type { TSchema } from 'typebox'
import type { Notice, Outcome, Progress } from '../schemas/delivery.ts'
import type { Problem } from '../schemas/problem.ts'
import type { Acknowledgement } from '../schemas/receipt.ts'

/** One payload exactly as it arrived. Header names are lower case. */
export interface RawPayload {
  readonly bytes: Uint8Array
  readonly headers: Readonly<Record<string, string>>
  /** Method and path with query as called, or what was polled. Goes into signatures. */
  readonly method: string
  readonly url: string
  readonly receivedAt: Date
}

/** A payload that was not taken. `bytes` are null where they were not read: too many, or the channel takes none now. */
export type RefusedPayload = Omit<RawPayload, 'bytes'> & { readonly bytes: Uint8Array | null }

/** Who sent a payload. `replay` is stored with the receipt; a second payload with the same key is refused. */
export interface Principal {
  readonly name: string
  readonly replay?: { readonly key: string; readonly expiresAt: Date }
}

/**
 * A file that came inside a payload. `url` is the name under which the record's tree speaks of it (`part:photo1`, `cid:…`):
 * an attachment with this address is this file. Its bytes do not stand in the tree.
 */
export interface SourceFile {
  readonly url: string
  readonly name?: string
  /** As the sender says; the gateway looks at the bytes itself. */
  readonly mediaType: string
  readonly bytes: Uint8Array
}

/** One entry of a payload: its tree, or why this entry alone could not be read. `position` says where (`/3`, `line 4`). */
export type SourceRecord =
  | {
      readonly kind: 'record'
      readonly position: string
      readonly value: unknown
      readonly files?: readonly SourceFile[]
    }
  | { readonly kind: 'unreadable'; readonly position: string; readonly detail: string }

export type Cursor = Readonly<Record<string, unknown>>

/** One page of a poll. `payload` is null where nothing is new. Polling goes on at once while `more`. */
export interface PollPage {
  readonly payload: RawPayload | null
  readonly cursor: Cursor
  readonly more: boolean
  /** The partner's own wish (Retry-After, ttl), milliseconds. */
  readonly waitMs?: number
}

/** A partner's answer to a call, as the mapping judges it. `body` is parsed JSON, or text where it is none. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

export interface OutgoingRequest {
  readonly method: string
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array | string
  readonly timeoutMs?: number
  /** Bytes; a longer answer is cut off with an error. */
  readonly maxBytes?: number
  /** Who we are to a partner that asks for a certificate (mutual TLS), and whom we trust beside the public authorities. PEM. */
  readonly tls?: OutgoingTls
}

export interface OutgoingTls {
  readonly certificate?: string
  readonly key?: string
  readonly ca?: string
}

export interface OutgoingAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly bytes: Uint8Array
}

/**
 * The one way out: checks the address (private ones only where the channel allows them), bounds time and size, follows no
 * redirect. Throws `OutgoingError`, whose `sent` says whether the partner may have taken the request.
 */
export interface OutgoingHttp {
  call(request: OutgoingRequest, signal: AbortSignal): Promise<OutgoingAnswer>
  /**
   * For protocols other than HTTP: an IP address of this host that the channel may connect to. Connect to the address, not
   * to the name, and give TLS the name (`servername`). Throws `OutgoingError`: blocked, unreachable.
   */
  addressOf(host: string, signal: AbortSignal): Promise<string>
}

export class OutgoingError extends Error {
  /** `no`: surely not taken (refused, DNS, blocked address). `perhaps`: it may have been (time-out, reset after sending). */
  readonly sent: 'no' | 'perhaps'
  /** `blocked`: our own guard said no; no try will help until the settings change. */
  readonly reason: 'blocked' | 'unreachable' | 'timeout' | 'broken' | 'too-large'
  /** What an unreachable partner failed at, where that is known. Speaks in a connection test. */
  readonly subject: 'name' | 'tls' | undefined
  /** The partner's own wish before another try (Retry-After), milliseconds. */
  readonly retryAfterMs: number | undefined
  /** The HTTP status that was answered, where an answer was the fault: 404 says that a file is gone for good. */
  readonly status: number | undefined
  constructor(
    message: string,
    options: {
      sent: 'no' | 'perhaps'
      reason: OutgoingError['reason']
      subject?: 'name' | 'tls'
      retryAfterMs?: number | undefined
      status?: number
      cause?: unknown
    },
  ) {
    super(message, { cause: options.cause })
    this.name = 'OutgoingError'
    this.sent = options.sent
    this.reason = options.reason
    this.subject = options.subject
    this.retryAfterMs = options.retryAfterMs
    this.status = options.status
  }
}

/** Retry-After (RFC 9110, 10.2.3) in milliseconds: seconds or a date. Undefined where it is missing or makes no sense. */
export function retryAfterMs(headers: Readonly<Record<string, string>>, now: Date): number | undefined {
  const value = headers['retry-after']?.trim()
  if (value === undefined || value === '') return undefined
  const delayMs = /^\d{1,9}$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now.getTime()
  return Number.isNaN(delayMs) ? undefined : Math.max(0, delayMs)
}

/** The notice is out by now: a mapping that fails over the answer leaves it open, and says so. */
export function judgement(judge: () => Outcome | null): Outcome | null {
  try {
    return judge()
  } catch {
    return {
      kind: 'ambiguous',
      detail:
        "The mapping's rules for a good answer failed on this answer. Correct them under reverse.requests.",
    }
  }
}

/** What an adapter sees of its channel. `Settings` were validated against the adapter's schema, secrets resolved. */
export interface Channel<Settings> {
  readonly id: string
  readonly feed: string
  readonly settings: Settings
  readonly http: OutgoingHttp
  readonly now: () => Date
  /** The mapping's request of that name: adapter settings (method, path …) and its judgement of an answer. */
  request(name: string): {
    readonly settings: Readonly<Record<string, unknown>>
    judge(answer: Answer): Outcome | null
  }
  /** How to ask the partner what it has (`queryable`); null where the mapping has none. */
  lookup(notice: Notice): {
    readonly settings: Readonly<Record<string, unknown>>
    readonly body: unknown
    judge(answer: Answer): 'delivered' | 'absent' | 'unknown'
  } | null
}

/** What `handle` may read of the gateway. */
export interface Reads {
  progress(externalId: string): Promise<Progress | null>
}

/** A setting that is wrong or a connection that fails, in plain words. */
export interface Finding {
  readonly level: 'ok' | 'warning' | 'error'
  readonly subject: 'name' | 'tls' | 'login' | 'rights' | 'empty' | 'settings'
  readonly detail: string
}

export interface PartnerEntry {
  readonly externalId: string
  readonly at: Date
  readonly status?: string
}

/** A file that a report or message only names by its address. */
export interface FileReference {
  readonly url: string
  readonly name?: string
  /** The file is refused beyond this. */
  readonly maxBytes: number
}
export interface FileContent {
  readonly bytes: Uint8Array
  readonly mediaType: string
}

/** The payload's sender is not who it says, or says nothing. Nothing is stored. */
export class AuthenticationError extends Error {
  readonly code: 'missing' | 'invalid' | 'expired' | 'replayed'
  constructor(code: AuthenticationError['code'], message: string) {
    super(message)
    this.name = 'AuthenticationError'
    this.code = code
  }
}

/** The payload as a whole cannot be read: cut off, too deep, wrong charset. It is kept, in quarantine. */
export class DecodeError extends Error {
  readonly code: string
  readonly position: string
  constructor(code: string, message: string, position = '') {
    super(message)
    this.name = 'DecodeError'
    this.code = code
    this.position = position
  }
}

export interface Adapter<Settings> {
  /** The folder's name. */
  readonly protocol: string
  /** Validates the channel's settings, draws the console's form; secrets are `writeOnly`. */
  readonly settings: TSchema
  /** What a mapping may write under `reverse.requests.<name>.settings` and `reverse.lookup.settings`. */
  readonly requestSettings?: TSchema
  /** Who sent these bytes. Before anything is parsed. Throws AuthenticationError. */
  authenticate(payload: RawPayload, channel: Channel<Settings>): Promise<Principal>
  /** The payload's records in order; bounds size and depth. Throws DecodeError for the payload as a whole. */
  decode(payload: RawPayload, channel: Channel<Settings>): AsyncIterable<SourceRecord>
  /** What this protocol's caller expects to read; JSON of the acknowledgement where missing. `payload` is what it sent. */
  respond?(stored: Acknowledgement, channel: Channel<Settings>, payload: RawPayload): Response
  /** What this protocol's caller reads where nothing was stored (a SOAP Fault); a problem in JSON where missing. */
  refuse?(problem: Problem, channel: Channel<Settings>, refused: RefusedPayload): Response
  /** Requests that are no payload: WSDL, echo check, status queries. Null: not mine. */
  handle?(request: Request, channel: Channel<Settings>, reads: Reads): Promise<Response | null>
  /** Whether a feed with these settings is asked by us; where missing, every feed of an adapter that has `poll`. */
  polls?(settings: Settings): boolean
  /** Pages from the cursor on. Resumed only after its page is committed. */
  poll?(channel: Channel<Settings>, cursor: Cursor | null, signal: AbortSignal): AsyncIterable<PollPage>
  /** One try. Never throws for what a partner does. */
  deliver?(notice: Notice, channel: Channel<Settings>, signal: AbortSignal): Promise<Outcome>
  /** After "ambiguous": `delivered` (they have it), `transient` (they surely lack it), `ambiguous` (still unknown). */
  lookup?(notice: Notice, channel: Channel<Settings>, signal: AbortSignal): Promise<Outcome>
  /** Reconciliation: the partner's own entries of a day (Asia/Shanghai, `2026-11-22`). */
  list?(channel: Channel<Settings>, day: string): AsyncIterable<PartnerEntry>
  /**
   * Gets a file that stands at the partner's, with what its server asks for; a plain GET where missing. Throws `OutgoingError`,
   * with the `status` of an answer that holds no file. A relative address is the adapter's to resolve.
   */
  fetchFile?(reference: FileReference, channel: Channel<Settings>, signal: AbortSignal): Promise<FileContent>
  /** Connection test, in plain words. */
  test?(channel: Channel<Settings>): Promise<Finding[]>
}

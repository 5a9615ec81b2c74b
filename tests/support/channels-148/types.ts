/** What the generator says of each of its 148 channels: the file, how its sample comes in, and what its partner must see. */
import type { ReportKind } from '../../../schemas/report.ts'

/** How a caller proves who it is, in either direction. */
export type Proof =
  | { readonly kind: 'none' }
  | { readonly kind: 'key' }
  | { readonly kind: 'hmac'; readonly secret: string; readonly headers: SignedBy }
  | { readonly kind: 'header'; readonly header: string; readonly value: string }
  | { readonly kind: 'basic'; readonly user: string; readonly password: string }
  | {
      readonly kind: 'username-token'
      readonly user: string
      readonly password: string
      readonly form: 'text' | 'digest'
    }
export interface SignedBy {
  readonly timestamp?: string
  readonly nonce?: string
  readonly signature?: string
}

/** A document that the partner's server gives, and what it gives once that was read. */
export interface Page {
  readonly contentType: string
  readonly full: Uint8Array | string
  readonly empty: string
  /** `empty` where this query parameter has a value other than 0; without it the document stays. */
  readonly cursor?: string
}

export type Incoming =
  | {
      readonly kind: 'push'
      /** Below `/v1/channels/<channel>`. */
      readonly path: string
      readonly contentType: string
      readonly body: Uint8Array | string
      readonly proof: Proof
    }
  | {
      readonly kind: 'soap'
      readonly path: string
      readonly version: '1.1' | '1.2'
      readonly encoding: 'utf-8' | 'gb18030'
      readonly body: string
      readonly proof: Proof
    }
  | { readonly kind: 'poll'; readonly page: Page; readonly proof: Proof }
  | { readonly kind: 'row'; readonly schema: string; readonly row: Readonly<Record<string, string>> }
  | { readonly kind: 'letter'; readonly mailbox: number; readonly letter: Letter }
export interface Letter {
  readonly id: string
  readonly from: string
  readonly subject: string
  readonly text: string
  readonly date: string
}

/** What the partner must see of `registered`. */
export type Told =
  | {
      readonly kind: 'call'
      readonly form: 'json' | 'xml' | 'soap'
      /** The field that holds `code`. */
      readonly field: string
      readonly code: string
      readonly proof: Proof
      readonly answer: { readonly contentType: string; readonly body: string }
    }
  | { readonly kind: 'pull'; readonly code: string }
  | { readonly kind: 'task'; readonly code: string; readonly text: string }
  | { readonly kind: 'row'; readonly schema: string; readonly code: string }
  | { readonly kind: 'letter'; readonly to: string; readonly subject: string }

export interface Expected {
  readonly externalId: string
  readonly kind: ReportKind
  /** Absent where the channel says nothing of it. */
  readonly category: string | undefined
  readonly submittedAt: string
}

export interface MadeChannel {
  readonly channel: string
  readonly platform: string
  readonly state: 'live' | 'shadow' | 'paused'
  /** The channel's file, as an admin would write it. */
  readonly text: string
  /** By name, as the file names them. */
  readonly secrets: Readonly<Record<string, string>>
  readonly incoming: Incoming
  readonly told: Told
  readonly expected: Expected
}

/** Where the partners of the channels are. */
export interface Places {
  /** Of the one server that plays all who speak HTTP; each channel's paths begin with its name. */
  readonly http: string
  readonly exchange: {
    readonly port: number
    readonly database: string
    readonly user: string
    readonly password: string
  }
  readonly imap: readonly number[]
  readonly smtp: number
  readonly mailLogin: { readonly user: string; readonly password: string }
}

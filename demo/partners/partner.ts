/**
 * What the director needs to know about one channel of the district. A kind of channel is one module of this folder, which
 * makes partners; its program stands under `peers/`. Adding a kind: see `demo/README.md`.
 */
import type { Channel } from '../../schemas/channel.ts'
import type { SentKind } from '../peers/ledger.ts'
import type { ChannelPlan } from '../plan.ts'
import type { Services } from '../services.ts'

export interface Partner extends ChannelPlan {
  readonly name: string
  /** Folder of `mappings/platforms/`. */
  readonly platform: string
  /** Its program: `peers/<peer>.ts`. */
  readonly peer: string
  readonly codes: ToldCodes
  /** What lies ready until the gateway fetches it: nobody acknowledges such an item. All else is pushed and acknowledged. */
  readonly fetched: ReadonlySet<SentKind>
  /** A clerk finishes manual tasks on its pages (`POST /page/threads/<number>/replies`). */
  readonly hasPages: boolean
  /** The clerk asks it which mails came, where a delivery ends uncertain (`GET /page/letters/<number>/mails`). */
  readonly isAsked?: true
  /** Codes of the units that work in it: cases dispatched to them are handed over to it. */
  readonly handles?: readonly string[]
  /** Plays only with `--services`. */
  readonly needs?: 'services'
  /** Makes its secrets; called once in a run, before its process starts. */
  readonly prepare: (setup: Setup) => Preparation
}

/** Codes of its ledger's `told` lines that tell a source that its appeal was accepted, and what came of it. */
export interface ToldCodes {
  readonly accepted: ReadonlySet<string>
  readonly result: ReadonlySet<string>
  /** Of a partner that `handles`: that a case was handed over to it, and that it was taken back. */
  readonly given?: ReadonlySet<string>
  readonly takenBack?: ReadonlySet<string>
}

export interface Setup {
  readonly seed: number
  /** A secret that this partner shares with the gateway: made anew for each run where no value is given. */
  readonly secret: (name: string, value?: string) => Secret
  /** Real servers, where the run has them. */
  readonly services: Services
}

export interface Secret {
  readonly value: string
  /** As a channel's settings name it. */
  readonly reference: { readonly secret: string }
}

export interface Preparation {
  /** For its process: what `peers/<peer>.ts` calls its settings. */
  readonly settings: object
  /** Its part of its channel file, once its process says where it is. */
  readonly channelFile: (at: Whereabouts) => ChannelPart
}

/** Where a peer listens. */
export interface Whereabouts {
  /** `http://127.0.0.1:port`; empty where it speaks no HTTP. */
  readonly address: string
  /** Ports of other protocols, by name. */
  readonly ports: Readonly<Record<string, number>>
}

/** All else is the same for every channel of the district. */
export type ChannelPart = Pick<Channel, 'feeds' | 'reverse' | 'codes' | 'handles' | 'issuer' | 'files'>

/** Seconds between two polls of a feed. */
export const pollIntervalS = 10

/**
 * What every partner does that pushes: it sends the submissions of its plan when they are due, and what it does about them
 * later: some of it once they are acknowledged, some once it was told of a result.
 */
import { join } from 'node:path'
import type { FollowUp, Submission } from '../plan.ts'
import type { FormFile } from './form.ts'
import { readJsonLines, type SentKind } from './ledger.ts'
import { createOutbox, type OutboxSettings } from './outbox.ts'
import type { Peer } from './peer.ts'

export type WireRecord = Readonly<Record<string, unknown>>

/** How this partner writes. */
export interface Wire {
  report(submission: Submission): WireRecord
  /** The same report with one thing more. */
  changed(report: WireRecord): WireRecord
  /** A message about a report; null where the follow-up is the report itself once more. */
  message(followUp: FollowUp, submission: Submission): WireRecord | null
  /** What is sent with a report, or with a message about it, as a form. */
  files?(submission: Submission, what: 'report' | FollowUp): readonly FormFile[]
  /** Unusable and test records, sent once: they must end in their own places. */
  odd?(first: Submission): readonly { what: SentKind; externalId: string; record: WireRecord }[]
}

export interface AppealsSettings extends OutboxSettings {
  /** Codes of a result, as this partner books them: then the citizen is asked what he thinks. */
  readonly resultCodes: readonly string[]
}

export interface Appeals {
  knows(externalId: string): boolean
  /** What the gateway says about an appeal, as booked. */
  told(externalId: string, code: string): void
  left(): number
  go(): void
}

const afterResult: ReadonlySet<FollowUp> = new Set(['redo', 'evaluate'])
const followUpDelayMs = 400

export function createAppeals(peer: Peer<unknown>, settings: AppealsSettings, wire: Wire): Appeals {
  const submissions = readJsonLines<Submission>(join(peer.folder, 'plans', `${settings.channel}.jsonl`))
  const byNumber = new Map(submissions.map((submission) => [submission.externalId, submission]))
  const reports = new Map<string, WireRecord>()
  const unheard = new Map(
    submissions.map(({ externalId, followUps }) => [
      externalId,
      followUps.filter((one) => afterResult.has(one)),
    ]),
  )
  let due = submissions.length
  let followUpsLeft = submissions.reduce((sum, { followUps }) => sum + followUps.length, 0)

  const outbox = createOutbox(peer, settings, ({ what, externalId }) => {
    if (what !== 'report') return
    const { followUps = [] } = byNumber.get(externalId) ?? {}
    followAll(
      externalId,
      followUps.filter((one) => !afterResult.has(one)),
    )
  })

  function followAll(externalId: string, followUps: readonly FollowUp[]): void {
    for (const [index, followUp] of followUps.entries())
      setTimeout(() => follow(externalId, followUp), followUpDelayMs * (index + 1))
  }

  function follow(externalId: string, followUp: FollowUp): void {
    const submission = byNumber.get(externalId)
    const report = reports.get(externalId)
    if (submission === undefined || report === undefined) throw new Error(`${externalId} was never sent.`)
    const message = wire.message(followUp, submission)
    const what = message !== null ? 'message' : followUp === 'change' ? 'change' : 'repeat'
    const sent = what === 'change' ? wire.changed(report) : report
    reports.set(externalId, sent)
    const files = filesOf(submission, message === null ? 'report' : followUp)
    outbox.add({ item: `${externalId}/${followUp}`, externalId, what, record: message ?? sent, ...files })
    followUpsLeft -= 1
  }

  function submit(submission: Submission): void {
    const { externalId } = submission
    const record = wire.report(submission)
    reports.set(externalId, record)
    due -= 1
    outbox.add({ item: externalId, externalId, what: 'report', record, ...filesOf(submission, 'report') })
  }

  function filesOf(submission: Submission, what: 'report' | FollowUp): { files?: readonly FormFile[] } {
    const files = wire.files?.(submission, what) ?? []
    return files.length > 0 ? { files } : {}
  }

  return {
    knows: (externalId) => reports.has(externalId),
    told: (externalId, code) => {
      if (!settings.resultCodes.includes(code)) return
      followAll(externalId, unheard.get(externalId) ?? [])
      unheard.delete(externalId)
    },
    left: () => due + outbox.left() + followUpsLeft,
    go: () => {
      for (const submission of submissions) setTimeout(() => submit(submission), submission.dueMs)
      const [first] = submissions
      if (first === undefined) return
      for (const { what, externalId, record } of wire.odd?.(first) ?? [])
        outbox.add({ item: what, externalId, what, record })
    },
  }
}

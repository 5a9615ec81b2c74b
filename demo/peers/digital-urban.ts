/**
 * 数字城管 with an exchange database on a real server: writes rows of orders, some of which commit after rows with higher
 * numbers, changes some, and adds rows about others; takes each status row that the gateway wrote, and books it. The gateway
 * comes through a wall that sees and cuts sessions. Wall and database have their moods.
 */
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { partnerDatabase } from '../leftovers.ts'
import type { FollowUp, Submission } from '../plan.ts'
import { hashOf } from '../random.ts'
import type { WireRecord } from './appeals.ts'
import { brokenRow, changedContent, messageRow, orderRow, testRow } from './digital-urban-records.ts'
import { beMoody, readCuts, writeCuts } from './exchange-moods.ts'
import { openMysqlStore } from './exchange-mysql.ts'
import { openPostgresqlStore } from './exchange-postgresql.ts'
import type { ExchangeLogins, ExchangeStore, StatusRow } from './exchange-store.ts'
import { readJsonLines, type SentKind } from './ledger.ts'
import { startOwnPostgres } from './own-postgres.ts'
import { playPart, type Part, type Peer } from './peer.ts'
import { createReactions } from './reactions.ts'
import { createReadings } from './readings.ts'
import { createRelay } from './relay.ts'

export interface DigitalUrbanSettings extends ExchangeLogins {
  readonly channel: string
  readonly seed: number
  readonly database: string
  /** Where its database lies: on a server of its own, or on one of the run's. */
  readonly server: { readonly kind: 'postgresql' } | { readonly kind: 'mysql'; readonly url: string }
  /** Our codes of a result: then the supervisor looks again. */
  readonly resultCodes: readonly string[]
}

const lookEveryMs = 200
const shortestHoldMs = 800

playPart<DigitalUrbanSettings>(async (peer) => createDigitalUrban(peer))

async function createDigitalUrban(peer: Peer<DigitalUrbanSettings>): Promise<Part> {
  const { settings } = peer
  const submissions = readJsonLines<Submission>(join(peer.folder, 'plans', `${settings.channel}.jsonl`))
  const byNumber = new Map(submissions.map((submission) => [submission.externalId, submission]))
  const { store, stop } = await openStore(peer)
  const readings = createReadings()
  const reactions = createReactions(submissions, (externalId, followUp) => goOn(follow(externalId, followUp)))
  let unwritten = submissions.length

  /** A failure ends this peer, but for what the end of the run cut off. */
  function goOn(work: Promise<void>): void {
    void work.catch((cause: unknown) => {
      if (!peer.signal.aborted) throw cause
    })
  }

  /** A ledger line first; the row stays in `unwritten` until it is committed. */
  async function send(what: SentKind, row: WireRecord, item: string, holdMs = 0): Promise<void> {
    note(what, String(row['task_no']), item)
    await store.insert(row, holdMs)
    readings.put(item)
  }

  function note(what: SentKind, externalId: string, item: string): void {
    peer.ledger.write({ kind: 'sent', what, externalId, item })
    peer.count('sent')
  }

  async function submit(submission: Submission): Promise<void> {
    const { externalId } = submission
    const hash = hashOf(externalId)
    const holdMs = hash % 6 === 0 ? shortestHoldMs + (hash % 2_000) : 0
    await send('report', orderRow(submission), externalId, holdMs)
    unwritten -= 1
  }

  async function follow(externalId: string, followUp: FollowUp): Promise<void> {
    const submission = byNumber.get(externalId)
    if (submission === undefined) throw new Error(`${externalId} was never sent.`)
    const item = `${externalId}/${followUp}`
    const message = messageRow(followUp, externalId)
    unwritten += 1
    if (message !== null) await send('message', message, item)
    else {
      const isChange = followUp === 'change'
      note(isChange ? 'change' : 'repeat', externalId, item)
      // What changes besides is none of the gateway's business: the same order once more.
      await store.change(externalId, isChange ? changedContent(submission) : { state: '核对中' })
      readings.put(item)
    }
    unwritten -= 1
  }

  async function takeStatuses(): Promise<void> {
    while (!peer.signal.aborted) {
      const rows = await store.statuses()
      for (const row of rows) book(row)
      if (rows.length > 0) await store.take(rows)
      for (const { task_no: taskNo, node_code: code } of rows)
        if (settings.resultCodes.includes(code)) await store.change(taskNo, { state: '已结案' })
      await delay(lookEveryMs)
    }
  }

  /** Whatever stands there is booked, where the gateway's own ledger says so, too. */
  function book({ notice_no: key, task_no: externalId, node_code: code, isInLedger }: StatusRow): void {
    peer.ledger.write({ kind: 'told', by: 'callback', externalId, code, key, effect: isInLedger })
    peer.count('told')
    reactions.told(externalId, settings.resultCodes.includes(code))
  }

  const reader = await createRelay({
    toPort: store.port,
    cutOf: readCuts(settings.seed, peer.name),
    ended: (session) => {
      peer.count('polled')
      readings.ended(session)
    },
  })
  const writer = await createRelay({ toPort: store.port, cutOf: writeCuts(settings.seed, peer.name) })
  return {
    ports: { read: reader.port, write: writer.port },
    left: () => unwritten + reactions.left() + readings.left(),
    go: async () => {
      for (const submission of submissions) setTimeout(() => goOn(submit(submission)), submission.dueMs)
      const [first] = submissions
      if (first !== undefined) {
        const row = orderRow(first)
        await send('broken', brokenRow(row), 'broken')
        await send('test', testRow(row), 'test')
      }
      goOn(takeStatuses())
      goOn(beMoody(peer, { store, readings }))
    },
    stop: async () => {
      reader.close()
      writer.close()
      const { entries, unverified } = await store.ledger()
      console.log(`The gateway's ledger holds ${entries} notices, ${unverified} of them not verified.`)
      await store.close()
      await stop()
    },
  }
}

async function openStore({
  folder,
  name,
  settings,
}: Peer<DigitalUrbanSettings>): Promise<{ store: ExchangeStore; stop: () => Promise<void> }> {
  const { server, database } = settings
  if (server.kind === 'mysql')
    return { store: await openMysqlStore(server.url, database, settings), stop: async () => undefined }
  const { url, stop } = await startOwnPostgres(partnerDatabase(folder, name))
  return { store: await openPostgresqlStore(url, database, settings), stop }
}

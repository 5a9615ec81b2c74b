/**
 * An urban construction hotline (12319): calls the gateway's SOAP service with its orders and what is said about them,
 * several in one call, partly in GB18030; its own SOAP service books the statuses, each number once, and says which it has.
 * It has its moods.
 */
import { join } from 'node:path'
import type { FollowUp, Submission } from '../plan.ts'
import type { WireRecord } from './appeals.ts'
import { serveCallbacks, type Status } from './hotline-12319-callback.ts'
import { brokenOrder, changedOrder, messageOf, orderOf, testOrder } from './hotline-12319-records.ts'
import { readJsonLines, type SentKind } from './ledger.ts'
import { createMoods } from './mood.ts'
import { playPart, type Part, type Peer } from './peer.ts'
import { createPhotoAlbum } from './photo-album.ts'
import { createReactions } from './reactions.ts'
import { serve } from './server.ts'
import { createSoapCalls, type SoapCalls } from './soap-calls.ts'
import { createSoapOutbox, type Operation } from './soap-outbox.ts'

export interface Hotline12319Settings {
  readonly channel: string
  readonly feed: string
  readonly seed: number
  readonly user: string
  readonly password: string
  /** The gateway shows it with every call. */
  readonly callbackPassword: string
  /** Our codes of a result: then the caller is asked what he thinks. */
  readonly resultCodes: readonly string[]
}

playPart<Hotline12319Settings>(async (peer) => createHotline(peer))

async function createHotline(peer: Peer<Hotline12319Settings>): Promise<Part> {
  const { settings, gateway } = peer
  const { channel, feed, user, password } = settings
  const submissions = readJsonLines<Submission>(join(peer.folder, 'plans', `${channel}.jsonl`))
  const orders = new Map<string, WireRecord>()
  const booked = new Map<string, Status>()
  const album = createPhotoAlbum(() => peer.count('fetched'))
  const moodOf = createMoods(settings.seed, peer.name)
  const reactions = createReactions(submissions, follow)
  let soap: Promise<SoapCalls> | undefined
  let due = submissions.length

  // Its client is made of the gateway's own WSDL, once there is a gateway.
  const calls = () =>
    (soap ??= createSoapCalls(gateway, { path: `/v1/channels/${channel}/feeds/${feed}`, user, password }))
  const outbox = createSoapOutbox(peer, calls, ({ what, externalId }) => {
    if (what === 'report') reactions.told(externalId, false)
  })

  function send(what: SentKind, externalId: string, record: WireRecord, item = externalId): void {
    const operation: Operation = what === 'message' ? 'sendMessage' : 'submitWorkOrder'
    outbox.add({ item, externalId, what, operation, record })
  }

  function follow(externalId: string, followUp: FollowUp): void {
    const order = orders.get(externalId)
    if (order === undefined) throw new Error(`${externalId} was never sent.`)
    const item = `${externalId}/${followUp}`
    const message = messageOf(followUp, externalId)
    if (message !== null) return send('message', externalId, message, item)
    const sent = followUp === 'change' ? changedOrder(order) : order
    orders.set(externalId, sent)
    send(followUp === 'change' ? 'change' : 'repeat', externalId, sent, item)
  }

  function submit(submission: Submission): void {
    const { externalId } = submission
    const order = orderOf(submission, album.of(submission, files.address))
    orders.set(externalId, order)
    due -= 1
    send('report', externalId, order)
  }

  /** Unusable and test orders, and a call that a proxy cut off. */
  function submitOddOnes(first: Submission): void {
    const order = orderOf(first, [])
    const [broken, test] = [brokenOrder(order), testOrder(order)]
    send('broken', String(broken['gdbh']), broken)
    send('test', String(test['gdbh']), test)
    const record = { ...order, gdbh: `${first.externalId}-Q` }
    outbox.addCutOff({
      item: 'cut off',
      externalId: record.gdbh,
      what: 'broken',
      operation: 'submitWorkOrder',
      record,
    })
  }

  /** A number that is known changes nothing. */
  function book(status: Status): { number: number; isNew: boolean } {
    const { hzbh: key, gdbh: externalId, ztbm: code } = status
    const isNew = !booked.has(key)
    peer.ledger.write({ kind: 'told', by: 'callback', externalId, code, key, effect: isNew })
    if (isNew) {
      booked.set(key, status)
      peer.count('told')
      reactions.told(externalId, settings.resultCodes.includes(code))
    }
    return { number: [...booked.keys()].indexOf(key) + 1, isNew }
  }

  const files = await serve((request) => album.answer(request) ?? { status: 404 })
  const service = await serveCallbacks({
    password: settings.callbackPassword,
    knows: (orderNo) => orders.has(orderNo),
    moodOf: ({ hzbh }) => {
      const mood = moodOf(hzbh)
      if (mood !== 'well') peer.count(mood)
      return mood
    },
    book,
    find: (callbackNo) => {
      peer.count('asked')
      return booked.get(callbackNo)
    },
  })
  return {
    address: service.address,
    left: () => due + reactions.left() + outbox.left() + album.left(),
    go: async () => {
      for (const submission of submissions) setTimeout(() => submit(submission), submission.dueMs)
      const [first] = submissions
      if (first !== undefined) submitOddOnes(first)
    },
    stop: async () => {
      service.close()
      files.close()
    },
  }
}

/**
 * A grid workers' app: pushes what they find, signed, with photos in a form or by their addresses on its own server; takes
 * each status by signed callback and knows a repeat by its Idempotency-Key. It has its moods.
 */
import type { FollowUp, Submission } from '../plan.ts'
import { hashOf } from '../random.ts'
import { createAppeals, type AppealsSettings } from './appeals.ts'
import type { FormFile } from './form.ts'
import { brokenReport, changedReport, noteOf, reportOf, trainingReport } from './grid-app-records.ts'
import { answerIn, createMoods } from './mood.ts'
import { playPart, type Part, type Peer } from './peer.ts'
import { createPhotoAlbum, photosOf } from './photo-album.ts'
import { photoOf } from './photo.ts'
import { serve, type Reply, type Request } from './server.ts'
import { isSigned } from './signed.ts'

export interface GridAppSettings extends AppealsSettings {
  readonly seed: number
  /** Signs the gateway's calls to us. */
  readonly callbackSecret: string
}

playPart<GridAppSettings>(async (peer) => createGridApp(peer))

async function createGridApp(peer: Peer<GridAppSettings>): Promise<Part> {
  const { settings } = peer
  const receipts = new Map<string, string>()
  const moodOf = createMoods(settings.seed, peer.name)
  const album = createPhotoAlbum(() => peer.count('fetched'))
  const appeals = createAppeals(peer, settings, {
    report: (submission) => reportOf(submission, isInForm(submission) ? [] : album.of(submission, address)),
    changed: changedReport,
    message: noteOf,
    files: filesOf,
    odd: (first) => {
      const broken = brokenReport(reportOf(first, []))
      const training = trainingReport(reportOf(first, []))
      return [
        { what: 'broken', externalId: String(broken['report_no']), record: broken },
        { what: 'test', externalId: String(training['report_no']), record: training },
      ]
    },
  })

  function handle(request: Request): Reply {
    const photo = album.answer(request)
    if (photo !== null) return photo
    if (!isSigned(request, settings.callbackSecret, settings.headerNames))
      return { status: 401, body: { success: false, code: 'SIGNATURE' } }
    const number = /^\/callback\/v1\/reports\/([^/]+)\/(?:status|result)$/.exec(request.url.pathname)?.[1]
    const key = request.headers['idempotency-key']
    if (number === undefined || request.method !== 'POST') return { status: 404 }
    if (key === undefined) return { status: 422, body: { success: false, code: 'NO_KEY' } }
    return call(decodeURIComponent(number), key, request.body)
  }

  function call(externalId: string, key: string, body: Buffer): Reply {
    if (!appeals.knows(externalId)) return { status: 200, body: { success: false, code: 'NO_REPORT' } }
    const { status } = JSON.parse(body.toString('utf8')) as { status: string }
    const mood = moodOf(key)
    if (mood !== 'well') peer.count(mood)
    return answerIn(mood, {
      busy: { status: 200, body: { success: false, code: 'BUSY' } },
      take: () => ({ status: 200, body: { success: true, receipt: book(externalId, status, key) } }),
    })
  }

  /** A key that is known changes nothing: its first receipt is named again. */
  function book(externalId: string, code: string, key: string): string {
    const known = receipts.get(key)
    peer.ledger.write({ kind: 'told', by: 'callback', externalId, code, key, effect: known === undefined })
    if (known !== undefined) return known
    const receipt = `HD${String(receipts.size + 1).padStart(6, '0')}`
    receipts.set(key, receipt)
    peer.count('told')
    appeals.told(externalId, code)
    return receipt
  }

  const { address, close } = await serve(handle)
  return {
    address,
    left: () => appeals.left() + album.left(),
    go: async () => appeals.go(),
    stop: async () => close(),
  }
}

/** A worker on a good line sends the photos at once; others leave them on the app's server. */
function isInForm({ externalId }: Submission): boolean {
  return hashOf(`line/${externalId}`) % 2 === 0
}

function filesOf(submission: Submission, what: 'report' | FollowUp): FormFile[] {
  const { externalId } = submission
  const many =
    what === 'report' ? (isInForm(submission) ? photosOf(externalId) : 0) : what === 'supplement' ? 1 : 0
  return Array.from({ length: many }, (_, index) => ({
    name: 'photo',
    fileName: `${what}-${index + 1}.png`,
    mediaType: 'image/png',
    bytes: photoOf(`${externalId}-${what}-${index + 1}`),
  }))
}

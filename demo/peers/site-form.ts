/**
 * The site of a leader's mailbox: pushes the letters typed into its form, signed, with the addresses of their photos; shows
 * our answers on its page. It honours Idempotency-Key. It has its moods.
 */
import { createAppeals, type AppealsSettings } from './appeals.ts'
import { answerIn, createMoods } from './mood.ts'
import { playPart, type Part, type Peer } from './peer.ts'
import { createPhotoAlbum } from './photo-album.ts'
import { serve, type Reply, type Request } from './server.ts'
import { changedLetter, entryOf, letterOf } from './site-form-records.ts'

export interface SiteFormSettings extends AppealsSettings {
  readonly seed: number
  /** The gateway shows it with every answer. */
  readonly token: string
}

playPart<SiteFormSettings>(async (peer) => createSite(peer))

async function createSite(peer: Peer<SiteFormSettings>): Promise<Part> {
  const { settings } = peer
  const shown = new Map<string, number>()
  const moodOf = createMoods(settings.seed, peer.name)
  const album = createPhotoAlbum(() => peer.count('fetched'))
  const appeals = createAppeals(peer, settings, {
    report: (submission) => letterOf(submission, album.of(submission, address)),
    changed: changedLetter,
    message: entryOf,
  })

  function handle(request: Request): Reply {
    const photo = album.answer(request)
    if (photo !== null) return photo
    const number = /^\/api\/letters\/([^/]+)\/(?:status|reply)$/.exec(request.url.pathname)?.[1]
    if (number === undefined || request.method !== 'POST')
      return { status: 404, body: { ok: false, error: 'no-page' } }
    if (request.headers['authorization'] !== `Bearer ${settings.token}`)
      return { status: 401, body: { ok: false, error: 'token' } }
    const key = request.headers['idempotency-key']
    if (key === undefined) return { status: 422, body: { ok: false, error: 'no-key' } }
    return show(decodeURIComponent(number), key, request.body)
  }

  function show(externalId: string, key: string, body: Buffer): Reply {
    if (!appeals.knows(externalId)) return { status: 200, body: { ok: false, error: 'no-letter' } }
    const { status } = JSON.parse(body.toString('utf8')) as { status: string }
    const mood = moodOf(key)
    if (mood !== 'well') peer.count(mood)
    return answerIn(mood, {
      busy: { status: 503, body: { ok: false, error: 'busy' }, headers: { 'retry-after': '1' } },
      take: () => ({ status: 200, body: { ok: true, id: book(externalId, status, key) } }),
    })
  }

  /** A key that is known changes nothing: its first entry is named again. */
  function book(externalId: string, code: string, key: string): number {
    const known = shown.get(key)
    peer.ledger.write({ kind: 'told', by: 'callback', externalId, code, key, effect: known === undefined })
    if (known !== undefined) return known
    const id = shown.size + 1
    shown.set(key, id)
    peer.count('told')
    appeals.told(externalId, code)
    return id
  }

  const { address, close } = await serve(handle)
  return {
    address,
    left: () => appeals.left() + album.left(),
    go: async () => appeals.go(),
    stop: async () => close(),
  }
}

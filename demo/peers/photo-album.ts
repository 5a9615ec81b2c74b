import type { Submission } from '../plan.ts'
import { hashOf } from '../random.ts'
import { photoOf } from './photo.ts'
import type { Reply, Request } from './server.ts'

export interface PhotoAlbum {
  /** The photos of this report, by the addresses under which they can be fetched. */
  of(submission: Submission, address: string): { url: string; name: string }[]
  /** Null where the request is for no photo. */
  answer(request: Request): Reply | null
  /** Shown to somebody, but never fetched. */
  left(): number
}

/** Photos that lie on a partner's own server: about half of all reports have one, some two. */
export function createPhotoAlbum(onFetch: () => void): PhotoAlbum {
  const unfetched = new Set<string>()
  const known = new Set<string>()
  return {
    of: ({ externalId }, address) =>
      Array.from({ length: photosOf(externalId) }, (_, index) => {
        const path = `/photos/${encodeURIComponent(externalId)}-${index + 1}.png`
        if (!known.has(path)) unfetched.add(path)
        known.add(path)
        return { url: `${address}${path}`, name: `现场${index + 1}.png` }
      }),
    answer: ({ method, url: { pathname } }) => {
      if (method !== 'GET' || !pathname.startsWith('/photos/')) return null
      if (!known.has(pathname)) return { status: 404 }
      if (unfetched.delete(pathname)) onFetch()
      return { status: 200, body: photoOf(pathname), headers: { 'content-type': 'image/png' } }
    },
    left: () => unfetched.size,
  }
}

/** None, one or two. */
export function photosOf(externalId: string): number {
  return [0, 1, 0, 2, 1, 0][hashOf(externalId) % 6] ?? 0
}

/** Headers of every answer, unless its handler says otherwise. */
export const usualHeaders = { 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' } as const

/** An answer that an adapter made in its own protocol, with what it leaves open. */
export function withUsualHeaders(response: Response): Response {
  for (const [name, value] of Object.entries(usualHeaders))
    if (!response.headers.has(name)) response.headers.set(name, value)
  return response
}

/** The address of a request: the channel's base address and a path that may bring a query. Throws what `wrong` makes. */
export function atBase(baseUrl: string | undefined, path: string, wrong: (message: string) => Error): URL {
  if (baseUrl === undefined) throw wrong('There is no baseUrl. Set it in the settings of this feed.')
  const url = URL.parse(`${baseUrl.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`)
  if (!url) throw wrong('baseUrl and path together are no URL.')
  return url
}

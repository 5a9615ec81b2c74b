/** Every adapter there is. Nothing registers itself: a new protocol is a folder and a line here. */
import type { Adapter } from './adapter.ts'
import { database } from './database/database.ts'
import { feed } from './feed/feed.ts'
import { hello } from './hello/hello.ts'
import { httpJson } from './http-json/http-json.ts'
import { httpXml } from './http-xml/http-xml.ts'
import { mailbox } from './mailbox/mailbox.ts'
import { soap } from './soap/soap.ts'

export const adapters: ReadonlyMap<string, Adapter<unknown>> = new Map(
  [database, feed, hello, httpJson, httpXml, mailbox, soap].map((adapter): [string, Adapter<unknown>] => [
    adapter.protocol,
    adapter as Adapter<unknown>,
  ]),
)

/** The adapter whose folder has this name. Throws an Error that lists the known ones. */
export function adapterNamed(protocol: string): Adapter<unknown> {
  const adapter = adapters.get(protocol)
  if (!adapter)
    throw new Error(`There is no adapter "${protocol}". Known are: ${[...adapters.keys()].join(', ')}.`)
  return adapter
}

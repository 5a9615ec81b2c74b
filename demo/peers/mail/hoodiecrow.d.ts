declare module 'hoodiecrow-imap' {
  import type { Server } from 'node:net'

  export interface HoodiecrowMessage {
    readonly raw: string
    readonly uid: number
    readonly flags: string[]
  }
  export interface HoodiecrowFolder {
    messages: (string | HoodiecrowMessage)[]
    uidvalidity?: number
    uidnext?: number
    flags?: string[]
    allowPermanentFlags?: boolean
    folders?: { [name: string]: HoodiecrowFolder }
  }
  export interface HoodiecrowServer {
    readonly server: Server
    readonly storage: { [namespace: string]: HoodiecrowFolder }
    listen(port: number, host: string, listening: () => void): void
    getMailbox(path: string): HoodiecrowFolder | undefined
    appendMessage(folder: string, flags: string[], date: Date, raw: string): unknown
    setCommandHandler(
      command: string,
      handler: (
        connection: { send(response: object, about: string): void },
        parsed: { tag: string },
        data: unknown,
        done: () => void,
      ) => void,
    ): void
  }
  const createServer: (options: {
    readonly plugins: readonly string[]
    readonly storage: { readonly [namespace: string]: object }
    readonly users: { readonly [name: string]: { readonly password: string } }
    readonly secureConnection?: boolean
    readonly credentials?: { readonly key: string; readonly cert: string }
  }) => HoodiecrowServer
  export default createServer
}

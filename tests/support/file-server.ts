/** A source's file server on loopback: hands out files, and misbehaves as it is told to. */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { randomBytes } from 'node:crypto'

export interface FileServer {
  readonly url: string
  /** Paths with query as asked for, oldest first. */
  readonly asked: string[]
  /** What is at a path; asked for anything else it answers 404. */
  at(path: string, answer: FileAnswer): void
  close(): Promise<void>
}

export type FileAnswer = (response: ServerResponse, count: number) => void

/** Bytes that begin as a JPEG does, with a text in them that can be looked for. */
export function photo(text = '', size = 3000): Buffer {
  return Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.from(text), randomBytes(size)])
}

export const file =
  (bytes: Uint8Array | string, { status = 200, type = 'image/jpeg', headers = {} } = {}): FileAnswer =>
  (response) =>
    void response.writeHead(status, { 'content-type': type, ...headers }).end(bytes)

export async function startFileServer(): Promise<FileServer> {
  const answers = new Map<string, FileAnswer>()
  const asked: string[] = []
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? ''
    asked.push(request.url ?? '')
    const answer = answers.get(path)
    if (answer === undefined) response.writeHead(404).end()
    else answer(response, asked.filter((url) => url.split('?')[0] === path).length)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    at: (path, answer) => void answers.set(path, answer),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

// @ts-check
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** @typedef {{ stop: () => Promise<void> }} Running */

/**
 * A temporary folder for servers, which the accounts of all of them can reach. `start` starts them side by side and throws what the first
 * of them threw; `close` stops those that run, also where another did not start, and removes the folder.
 */
export function openScratch() {
  const folder = mkdtempSync(join(tmpdir(), 'guiyi-services-'))
  /** @type {Running[]} */
  const running = []
  return {
    folder,
    /**
     * @template {readonly Running[]} Servers
     * @param {{ [Index in keyof Servers]: (folder: string) => Promise<Servers[Index]> }} starts
     * @returns {Promise<Servers>}
     */
    start: async (starts) => {
      const starting = starts.map(async (start) => {
        const server = await start(folder)
        running.push(server)
        return server
      })
      await Promise.allSettled(starting)
      return /** @type {Servers} */ (/** @type {unknown} */ (await Promise.all(starting)))
    },
    close: async () => {
      await Promise.allSettled(running.map(({ stop }) => stop()))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

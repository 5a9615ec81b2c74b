/**
 * The clerk who finishes manual tasks: pastes the text on the forum's page, then marks the task done. The journal says what
 * was begun; after a crash the clerk first looks at the page, as a person would, and pastes only what is not there. Decides
 * uncertain deliveries, too.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { ManualTask } from '../../schemas/delivery.ts'
import { createDecisions, type DecisionsSettings } from './clerk-decisions.ts'
import { createGatewayClient } from './gateway-client.ts'
import { openJournal } from './journal.ts'
import { createLimit } from './limit.ts'
import { playPart, type Part, type Peer } from './peer.ts'

export interface ClerkSettings extends DecisionsSettings {
  /** Address of each forum's pages, by channel. */
  readonly pages: Readonly<Record<string, string>>
}

type JournalLine = { task: string; step: 'pasting' | 'pasted' | 'done' }

const idleMs = 700

playPart<ClerkSettings>(async (peer) => createClerk(peer))

function createClerk(peer: Peer<ClerkSettings>): Part {
  const journal = openJournal<JournalLine>(peer.folder, peer.name)
  const steps = new Map<string, JournalLine['step']>(journal.lines.map(({ task, step }) => [task, step]))
  const limit = createLimit(6)
  const decideAll = createDecisions(peer)
  const pages = new Map(
    Object.entries(peer.settings.pages).map(([channel, address]) => [channel, pageClient(address)]),
  )
  const begunBefore = new Set([...steps].filter(([, step]) => step === 'pasting').map(([task]) => task))
  let running = 0

  function note(task: string, step: JournalLine['step']): void {
    journal.write({ task, step })
    steps.set(task, step)
  }

  async function finish(task: ManualTask): Promise<void> {
    const page = pages.get(task.channel)
    if (page === undefined) throw new Error(`The clerk knows no page of ${task.channel}.`)
    const path = `/page/threads/${encodeURIComponent(task.externalId)}/replies`
    const step = steps.get(task.id)
    if (step !== 'pasted' && step !== 'done') {
      note(task.id, 'pasting')
      if (!begunBefore.has(task.id) || !(await isThere(page, path, task))) {
        await page.insist({
          method: 'POST',
          path,
          body: JSON.stringify({ text: task.text, label: task.eventType, slip: task.id }),
        })
      }
      note(task.id, 'pasted')
    }
    const body = JSON.stringify({ by: peer.settings.name, reference: task.id })
    await peer.gateway.insist({ method: 'POST', path: `/v1/admin/tasks/${task.id}/done`, headers, body })
    note(task.id, 'done')
    peer.count('done')
  }

  async function isThere(
    page: ReturnType<typeof pageClient>,
    path: string,
    task: ManualTask,
  ): Promise<boolean> {
    const answer = await page.insist({ method: 'GET', path })
    return (answer.body as { replies: { slip: string }[] }).replies.some((reply) => reply.slip === task.id)
  }

  function headers(): Record<string, string> {
    return { authorization: `Bearer ${peer.settings.key}` }
  }

  return {
    left: () => running,
    go: async () => {
      while (!peer.signal.aborted) {
        const answer = await peer.gateway.insist({
          method: 'GET',
          path: '/v1/admin/tasks?limit=200',
          headers,
        })
        const { items = [] } = answer.body as { items?: ManualTask[] }
        running = items.length
        await Promise.all(items.map((task) => limit(() => finish(task))))
        await decideAll()
        running = 0
        await delay(idleMs, undefined, { signal: peer.signal }).catch(() => undefined)
      }
    },
  }
}

function pageClient(address: string) {
  const client = createGatewayClient({ maxSockets: 4 })
  client.setAddresses([address])
  return client
}

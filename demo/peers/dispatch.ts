/**
 * The district's dispatch: reads the case list, takes each case through one of the two flows, event by event. It writes what
 * it will say into its journal first, so after a crash it says the same again under the same event id.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Case, DispatchItem, NewCaseEvent } from '../../schemas/case.ts'
import { hashOf } from '../random.ts'
import { openJournal } from './journal.ts'
import { createLimit } from './limit.ts'
import { playPart, type Part, type Peer } from './peer.ts'
import { nextStep, routeOf, type Step } from './route.ts'

export interface DispatchSettings {
  readonly key: string
  readonly seed: number
  /** Mean time between two events of a case. */
  readonly stepMs: number
  /** Units that work in systems of their own: what they do with a case is told from there. */
  readonly handledUnits: readonly string[]
}

type JournalLine =
  | { kind: 'case'; number: string }
  | { kind: 'say'; number: string; event: NewCaseEvent }
  | { kind: 'said'; number: string; eventId: string }
  | { kind: 'done'; number: string }
  | { kind: 'cursor'; cursor: string }

/** How a case stands. */
type Standing = Pick<Case, 'state' | 'assignments'>
const atWork: ReadonlySet<string> = new Set(['dispatched', 'signed', 'processing'])

interface Matter {
  /** Said events by id; the route goes on behind them. */
  readonly said: Set<string>
  /** Written down before a crash, perhaps not heard. */
  readonly planned: Map<string, NewCaseEvent>
  state: 'working' | 'done'
  /** Reopened while its end was being said: to be looked at once more. */
  isReopened: boolean
}

playPart<DispatchSettings>(async (peer) => createDispatch(peer))

function createDispatch(peer: Peer<DispatchSettings>): Part {
  const journal = openJournal<JournalLine>(peer.folder, peer.name)
  const matters = new Map<string, Matter>()
  const limit = createLimit(12)
  let cursor = ''
  for (const line of journal.lines) remember(line)

  function remember(line: JournalLine): void {
    if (line.kind === 'cursor') {
      cursor = line.cursor
      return
    }
    const matter = matters.get(line.number) ?? freshMatter()
    matters.set(line.number, matter)
    if (line.kind === 'case') matter.state = 'working'
    if (line.kind === 'done') matter.state = 'done'
    if (line.kind === 'say') matter.planned.set(line.event.eventId, line.event)
    if (line.kind === 'said') matter.said.add(line.eventId)
  }

  function note(line: JournalLine): void {
    journal.write(line)
    remember(line)
  }

  async function readCases(): Promise<void> {
    while (!peer.signal.aborted) {
      const path = `/v1/dispatch/cases?limit=200&wait=10${cursor === '' ? '' : `&after=${encodeURIComponent(cursor)}`}`
      const answer = await peer.gateway.insist({ method: 'GET', path, headers, timeoutMs: 25_000 })
      if (answer.status !== 200) {
        peer.count('refused')
        await delay(500)
        continue
      }
      const page = answer.body as { items: DispatchItem[]; cursor: string }
      for (const item of page.items) take(item)
      if (page.cursor !== cursor) {
        note({ kind: 'cursor', cursor: page.cursor })
      }
    }
  }

  function headers(): Record<string, string> {
    return { authorization: `Bearer ${peer.settings.key}` }
  }

  function take({ case: matter, event }: DispatchItem): void {
    const known = matters.get(matter.number)
    if (known === undefined) {
      note({ kind: 'case', number: matter.number })
      peer.count('cases')
      void work(matter.number)
    } else if (known.state === 'done' && matter.state !== 'closed') {
      note({ kind: 'case', number: matter.number })
      void improvise(matter.number, known)
    } else if (event.type === 'reopened') known.isReopened = true
    if (event.actor.kind !== 'channel') return
    peer.count(event.type)
    if (event.type === 'urged' && hashOf(event.id) % 2 === 0) void acknowledgeUrge(matter.number, event.id)
  }

  async function work(number: string): Promise<void> {
    const matter = matters.get(number)
    if (matter === undefined) return
    let isMoving = false
    for (const [index, step] of route(number).entries()) {
      const eventId = `${number}/${index}`
      if (matter.said.has(eventId)) {
        if (isHandOver(step)) return improvise(number, matter)
        continue
      }
      isMoving = true
      await delay(pauseOf(eventId))
      if ((await say(number, matter, eventOf(step, eventId))) === 'refused' || isHandOver(step))
        return improvise(number, matter)
    }
    // All of it was said before a crash, and perhaps more than the route knows.
    if (!isMoving || matter.isReopened) return improvise(number, matter)
    note({ kind: 'done', number })
  }

  /** Something else moved the case: ask which ways are open and take the one that leads to its end. */
  async function improvise(number: string, matter: Matter): Promise<void> {
    matter.isReopened = false
    for (let turn = 0; turn < 20 && !peer.signal.aborted;) {
      const answer = await peer.gateway.insist({
        method: 'GET',
        path: `/v1/dispatch/cases/${number}`,
        headers,
      })
      const { allowed, case: present } = answer.body as {
        allowed: string[]
        case: Standing & { sequence: number }
      }
      if (isWithHandler(present)) {
        await delay(peer.settings.stepMs)
        continue
      }
      const step =
        present.state === 'closed' ? null : nextStep(number, peer.settings.seed, allowed, () => new Date())
      if (step === null) break
      turn += 1
      peer.count('improvised')
      await delay(peer.settings.stepMs)
      await say(number, matter, eventOf(step, `${number}/improvised-${present.sequence}`))
    }
    note({ kind: 'done', number })
  }

  function route(number: string): Step[] {
    const { seed, handledUnits } = peer.settings
    return routeOf(number, { seed, handledUnits, now: () => new Date() })
  }

  function isHandled(unitCode: string | undefined): boolean {
    return unitCode !== undefined && peer.settings.handledUnits.includes(unitCode)
  }

  function isHandOver({ type, content }: Step): boolean {
    return type === 'dispatched' && isHandled(content?.leadUnit)
  }

  /** Its lead unit is at work, in a system of its own: it says itself what comes next. */
  function isWithHandler({ assignments }: Standing): boolean {
    return assignments.some(
      ({ role, state, unitCode }) => role === 'lead' && atWork.has(state) && isHandled(unitCode),
    )
  }

  async function say(number: string, matter: Matter, wanted: NewCaseEvent): Promise<'taken' | 'refused'> {
    return limit(async () => {
      const event = matter.planned.get(wanted.eventId) ?? wanted
      if (event === wanted) note({ kind: 'say', number, event })
      const answer = await peer.gateway.insist({
        method: 'POST',
        path: `/v1/dispatch/cases/${number}/events`,
        headers,
        body: JSON.stringify(event),
      })
      note({ kind: 'said', number, eventId: event.eventId })
      if (answer.status < 300) {
        peer.count('events')
        return 'taken'
      }
      const { code = 'unknown' } = answer.body as { code?: string }
      peer.ledger.write({
        kind: 'refused',
        item: event.eventId,
        externalId: number,
        status: answer.status,
        code,
      })
      peer.count('refused')
      return 'refused'
    })
  }

  async function acknowledgeUrge(number: string, about: string): Promise<void> {
    const matter = matters.get(number)
    if (matter === undefined) return
    await say(number, matter, {
      eventId: `${number}/note-${about}`,
      type: 'noted',
      occurredAt: new Date().toISOString(),
      content: { publicText: '已将您的催促转告承办单位。' },
    })
  }

  function pauseOf(eventId: string): number {
    return peer.settings.stepMs * (0.5 + (hashOf(eventId) % 1000) / 1000)
  }

  return {
    left: () => [...matters.values()].filter((matter) => matter.state === 'working').length,
    go: async () => {
      for (const [number, { state }] of matters) if (state === 'working') void work(number)
      await readCases()
    },
  }
}

function freshMatter(): Matter {
  return { said: new Set(), planned: new Map(), state: 'working', isReopened: false }
}

function eventOf({ type, content }: Step, eventId: string): NewCaseEvent {
  return { eventId, type, occurredAt: new Date().toISOString(), ...(content && { content }) }
}

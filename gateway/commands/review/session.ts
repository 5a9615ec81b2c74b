/** A clerk at the desk: one item after the other, the next one read while this one is looked at. */
import { randomUUID } from 'node:crypto'
import type { ReviewAnswer, ReviewDecision, ReviewFilter, ReviewItem } from '../../../schemas/review.ts'
import type { Deps } from '../../deps.ts'
import { answerItem } from '../../linking/review/answer.ts'
import { giveBackItems, takeItems } from '../../linking/review/desk.ts'
import type { Sight } from '../../linking/review/sight.ts'
import { undoAnswer } from '../../linking/review/undo.ts'
import { GatewayError } from '../../telemetry/errors.ts'
import { labelsIn } from './labels.ts'
import { drawItem, type Drawing } from './screen.ts'

export interface Session {
  readonly clerk: string
  readonly filter: ReviewFilter
  readonly sight: Sight
  readonly drawing: Drawing
  /** One key for each answer; its end ends the session. */
  readonly keys: AsyncIterable<string>
  readonly print: (text: string) => void
}

const decisionOf: { readonly [key: string]: ReviewDecision } = { l: 'link', d: 'different', s: 'later' }

/**
 * Runs until `q`, the end of the keys, or until nothing waits and nothing was answered that could be taken back. What was taken
 * and not answered is given back.
 */
export async function runSession(deps: Deps, session: Session): Promise<void> {
  const desk = new Desk(deps, session)
  try {
    await desk.show(await desk.take())
    if (desk.done) return
    for await (const key of session.keys) {
      if (key === 'q') return
      await desk.press(key)
      if (desk.done) return
    }
  } finally {
    await desk.leave()
  }
}

class Desk {
  current: ReviewItem | undefined
  #next: Promise<ReviewItem | undefined> = Promise.resolve(undefined)
  readonly #deps: Deps
  readonly #session: Session
  readonly #held = new Set<string>()
  readonly #passed = new Set<string>()
  readonly #answered: ReviewItem[] = []

  constructor(deps: Deps, session: Session) {
    this.#deps = deps
    this.#session = session
  }

  get done(): boolean {
    return this.current === undefined && this.#answered.length === 0
  }

  async take(): Promise<ReviewItem | undefined> {
    const { clerk, filter, sight } = this.#session
    const except = [...this.#held, ...this.#passed].slice(-50)
    const [item] = await takeItems(this.#deps, { clerk, limit: 1, except, filter }, sight)
    if (item !== undefined) this.#held.add(item.id)
    return item
  }

  async show(item: ReviewItem | undefined): Promise<void> {
    const { print, drawing } = this.#session
    const labels = labelsIn[drawing.language]
    this.current = item
    if (item === undefined) {
      print(labels.nothingWaits(this.#passed.size))
      if (!this.done) print(labels.stillUndo)
      return
    }
    for (const text of drawItem(item, drawing)) print(text)
    print(labels.keys)
    this.#next = this.take()
    // Asked for when it is needed; a failure is told then.
    this.#next.catch(() => undefined)
  }

  async press(key: string): Promise<void> {
    const labels = labelsIn[this.#session.drawing.language]
    const decision = decisionOf[key]
    if (key === 'u') return await this.#undo()
    // Nothing waited a moment ago: something may by now.
    if (this.current === undefined) return await this.show(await this.take())
    if (decision !== undefined) return await this.#answer(decision)
    if (key !== 'n') return this.#session.print(labels.unknownKey)
    if (this.current !== undefined) this.#passed.add(this.current.id)
    await this.#goOn(await this.#next)
  }

  async leave(): Promise<void> {
    await this.#next.catch(() => undefined)
    await giveBackItems(this.#deps, { clerk: this.#session.clerk, ids: [...this.#held, ...this.#passed] })
  }

  async #answer(decision: ReviewDecision): Promise<void> {
    const item = this.current
    if (item === undefined) return
    const { clerk, print, drawing } = this.#session
    const answer: ReviewAnswer = { decision, clerk, eventId: randomUUID() }
    const next = await this.#next
    try {
      const outcome = await answerItem(this.#deps, { id: item.id, answer, caller: 'cli' })
      print(labelsIn[drawing.language].outcome(outcome))
      this.#answered.push(item)
    } catch (cause) {
      // Somebody else was faster, or the cases cannot be joined: the clerk reads why and goes on.
      if (!(cause instanceof GatewayError)) throw cause
      print(cause.message)
      if (!cause.code.startsWith('review.')) this.#passed.add(item.id)
    }
    // Joining changes cases that the item read ahead may show, or answers it: it is read anew.
    if (decision === 'link' && next !== undefined) this.#held.delete(next.id)
    await this.#goOn(decision === 'link' ? await this.take() : next)
  }

  async #goOn(next: ReviewItem | undefined): Promise<void> {
    if (this.current !== undefined) this.#held.delete(this.current.id)
    await this.show(next)
  }

  async #undo(): Promise<void> {
    const { clerk, print, drawing } = this.#session
    const labels = labelsIn[drawing.language]
    const item = this.#answered.at(-1)
    if (item === undefined) return print(labels.nothingToUndo)
    try {
      await undoAnswer(this.#deps, { id: item.id, undo: { clerk, eventId: randomUUID() }, caller: 'cli' })
    } catch (cause) {
      if (!(cause instanceof GatewayError)) throw cause
      return print(cause.message)
    }
    this.#answered.pop()
    print(labels.undone)
    if (this.current === undefined) await this.show(await this.take())
  }
}

import type { DeliveryState, Outcome, PartnerClass } from '../../schemas/delivery.ts'
import { storable } from './plan.ts'
import { nextDelayMs, type Schedule } from './schedule.ts'

/** What is known of a try beside its outcome. */
export interface TryContext {
  readonly kind: 'deliver' | 'lookup'
  /** Tries begun, this one included. */
  readonly tries: number
  readonly mayBeTaken: boolean
  readonly partner: PartnerClass
  readonly schedule: Schedule
  /** After this an uncertain delivery is sent again; null: a person decides. */
  readonly uncertainHoldMs: number | null
  readonly now: Date
}

/** What becomes of the delivery. */
export interface Settlement {
  readonly state: Extract<DeliveryState, 'delivered' | 'waiting' | 'dead' | 'uncertain'>
  readonly dueAt: Date | null
  readonly mayBeTaken: boolean
  readonly reason: string | null
  readonly reference: string | null
}

/** The outcome's kind and the partner's class alone decide. */
export function settlementOf(outcome: Outcome, context: TryContext): Settlement {
  switch (outcome.kind) {
    case 'delivered':
      return {
        state: 'delivered',
        dueAt: null,
        mayBeTaken: false,
        reason: null,
        reference: storableOrNull(outcome.reference),
      }
    case 'transient': {
      // An honest "they lack it" from a lookup settles the doubt; a refused call does not settle that of an earlier one.
      const mayBeTaken = context.kind === 'deliver' && context.mayBeTaken
      return retry(outcome.detail, { ...context, mayBeTaken }, outcome.retryAfterMs)
    }
    case 'ambiguous':
      return afterAmbiguous(outcome.detail, context)
    case 'permanent':
      if (context.kind === 'lookup')
        return uncertain(`It may have been taken, and the partner cannot be asked: ${outcome.detail}`, null)
      return {
        state: 'dead',
        dueAt: null,
        mayBeTaken: context.mayBeTaken,
        reason: storable(outcome.detail),
        reference: null,
      }
  }
}

/** Keyed: the same again. Queryable: asked first, at the next try. Blind: a person, or the channel's hold. */
function afterAmbiguous(detail: string, context: TryContext): Settlement {
  if (context.partner !== 'blind') return retry(detail, { ...context, mayBeTaken: true })
  const { uncertainHoldMs, tries, schedule, now } = context
  const held = uncertainHoldMs !== null && tries < schedule.delaysMs.length
  return uncertain(
    `It may have been taken: ${detail} Ask the partner, then decide: delivered, or send again.`,
    held ? new Date(now.getTime() + uncertainHoldMs) : null,
  )
}

function retry(detail: string, context: TryContext, wishMs?: number): Settlement {
  const delayMs = nextDelayMs(context.schedule, context.tries, wishMs)
  if (delayMs !== null) {
    const dueAt = new Date(context.now.getTime() + delayMs)
    return {
      state: 'waiting',
      dueAt,
      mayBeTaken: context.mayBeTaken,
      reason: storable(detail),
      reference: null,
    }
  }
  if (context.mayBeTaken && context.partner === 'queryable') {
    return uncertain(`It may have been taken, and ${context.tries} tries did not tell. Last: ${detail}`, null)
  }
  const reason = storable(`All ${context.tries} tries failed. Last: ${detail}`)
  return { state: 'dead', dueAt: null, mayBeTaken: context.mayBeTaken, reason, reference: null }
}

const uncertain = (reason: string, dueAt: Date | null): Settlement => ({
  state: 'uncertain',
  dueAt,
  mayBeTaken: true,
  reason: storable(reason),
  reference: null,
})

const storableOrNull = (text: string | undefined): string | null =>
  text === undefined ? null : storable(text)

import type { Channel } from '../../schemas/channel.ts'

type Events = NonNullable<NonNullable<Channel['reverse']>['events']>

/**
 * What a channel calls its statuses, by case event type; all else is as the platform has it. For platforms whose requests
 * are `status` and `result`.
 */
export function eventsWith(codes: Readonly<Record<string, string>>): Events {
  return Object.fromEntries(
    Object.entries(codes).map(([event, code]) => [event, { action: 'call', code, ...requestFor(event) }]),
  )
}

function requestFor(event: string): Omit<Extract<Events[string], { action: 'call' }>, 'action' | 'code'> {
  switch (event) {
    case 'resolved':
    case 'answered':
      return { request: 'result', class: 'result', requires: ['event.content.answer'] }
    case 'rejected':
      return { request: 'status', class: 'result', requires: ['event.content.publicText'] }
    case 'registered':
      return { request: 'status', class: 'acceptance' }
    default:
      return { request: 'status', class: 'progress' }
  }
}

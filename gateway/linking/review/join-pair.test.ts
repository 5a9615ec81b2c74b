import { expect, test } from 'vitest'
import { survivorOf } from './join-pair.ts'
import type { SideCase } from './standing.ts'

const side = (number: string, other: Partial<SideCase> = {}): SideCase => ({
  id: number,
  number,
  chain_id: number,
  predecessor_id: null,
  state: 'received',
  state_before: null,
  kind: 'complaint',
  category: null,
  urgency: 'normal',
  sensitive: false,
  confidential: false,
  opened_at: new Date('2026-11-20T01:00:00Z'),
  closed_at: null,
  due_at: null,
  held_until: null,
  ...other,
})

test.each([
  ['the further one', { state: 'registered' }, { state: 'dispatched' }, 'b'],
  ['the older of two alike', { opened_at: new Date('2026-11-21T01:00:00Z') }, {}, 'b'],
  ['of two of one moment the one with the lower number', {}, {}, 'a'],
  ['one being worked on, not one that was refused', { state: 'rejected' }, { state: 'received' }, 'b'],
  [
    'one that waits, by where it waits',
    { state: 'suspended', state_before: 'processing' },
    { state: 'signed' },
    'a',
  ],
] as const)('the case that goes on is %s', (_, own, other, expected) => {
  const { into, from } = survivorOf({ own: side('a', own), other: side('b', other) })

  expect(into.number).toBe(expected)
  expect(from.number).not.toBe(expected)
})

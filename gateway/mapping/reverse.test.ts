import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CaseEvent } from '../../schemas/case.ts'
import type { Notice } from '../../schemas/delivery.ts'
import type { Mapping } from '../../schemas/mapping.ts'
import { compileMapping } from './compile.ts'
import { mergeChannel } from './merge.ts'
import type { ReverseInput } from './reverse.ts'
import { EVENT_TYPES } from './reverse-scope.ts'

const mapping = {
  platform: 'sample',
  name: { zh: '样例' },
  codes: { solved: { otherwise: 'quarantine', table: { yes: '1', no: '3' } } },
  feeds: {
    push: {
      adapter: 'http-json',
      rank: 1,
      identity: ['no'],
      forward: [
        {
          into: 'report',
          fields: {
            externalId: 'no',
            text: 'text',
            kind: { value: 'other' },
            submittedAt: { from: 'at', as: 'datetime' },
          },
        },
      ],
    },
  },
  reverse: {
    adapter: 'http-json',
    partner: 'queryable',
    events: {
      registered: { action: 'call', request: 'status', code: '20', class: 'acceptance' },
      resolved: {
        action: 'call',
        request: 'result',
        code: '60',
        class: 'result',
        requires: ['event.content.answer'],
      },
      noted: {
        action: 'task',
        text: { join: [{ value: '进展：' }, 'progressText'] },
        where: 'source.extra.link',
        code: '45',
      },
      otherwise: { action: 'skip', reason: '不回传', code: '00' },
    },
    requests: {
      status: {
        settings: { path: '/status' },
        body: {
          no: 'source.externalId',
          status: 'code',
          at: { from: 'event.occurredAt', as: { reader: 'datetime', format: 'yyyy-MM-dd HH:mm:ss' } },
          late: { cel: 'event.content.dueAt < event.occurredAt' },
          from: { value: 'gateway' },
          retry: false,
          numbers: ['case.number', 'source.title'],
          board: 'channel.settings.board',
        },
        answer: {
          delivered: 'status == 200 && body.code == 0',
          permanent: 'body.code in [4, 5]',
          transient: 'status == 503',
          reference: 'body.id',
          detail: ['body.code', 'body.message'],
        },
      },
      result: {
        body: {
          solved: { from: 'event.content.solved', codes: 'solved' },
          true: { from: 'event.content.substantiated', as: { reader: 'boolean', true: ['Y'], false: ['N'] } },
          answer: 'event.content.answer',
        },
        answer: { delivered: 'status == 200' },
      },
    },
    lookup: {
      settings: { path: '/orders/{externalId}' },
      delivered: 'status == 200 && body.status == code',
      absent: 'status == 404',
    },
  },
} satisfies Mapping

const { reverse } = compileMapping(mapping, { file: 'platform.yaml' })

function input(event: Partial<CaseEvent>, source: Partial<ReverseInput['source']> = {}): ReverseInput {
  return {
    event: {
      id: '01a2b3c4-0000-7000-8000-000000000001',
      case: 'PA20261122-000123',
      sequence: 3,
      type: 'registered',
      eventId: 'e1',
      actor: { kind: 'dispatch' },
      occurredAt: '2026-11-22T03:00:00.000Z',
      recordedAt: '2026-11-22T03:00:01.000Z',
      stateAfter: 'registered',
      content: {},
      ...event,
    },
    case: { number: 'PA20261122-000123', state: 'registered' },
    source: { externalId: 'A1', references: [], extra: {}, ...source },
    channel: { id: 'pw-7', name: '样例渠道', settings: { board: '民生' } },
    progressText: '正在办理',
  }
}

describe('what a party is told', () => {
  test('a call has its body in the partner’s own words; absent fields are left out', () => {
    expect(reverse.act(input({}))).toEqual({
      action: 'call',
      request: 'status',
      code: '20',
      class: 'acceptance',
      body: {
        no: 'A1',
        status: '20',
        at: '2026-11-22 11:00:00',
        from: 'gateway',
        retry: false,
        numbers: ['PA20261122-000123'],
        board: '民生',
      },
      missing: [],
    })
  })

  test('a required field without value is named', () => {
    expect(reverse.act(input({ type: 'resolved', content: { answer: ' ' } }))).toMatchObject({
      missing: ['event.content.answer'],
    })
  })

  test('a code that no row lists blocks the delivery and is named', () => {
    const made = reverse.act(
      input({ type: 'resolved', content: { answer: '已修复', solved: 'partly', substantiated: false } }),
    )

    expect(made).toMatchObject({
      body: { true: 'N', answer: '已修复' },
      missing: [expect.stringContaining('codes.solved')],
    })
  })

  test('a task has text and place', () => {
    expect(reverse.act(input({ type: 'noted' }, { extra: { link: 'https://a' } }))).toEqual({
      action: 'task',
      text: '进展：正在办理',
      where: 'https://a',
      code: '45',
      missing: [],
    })
  })

  test('the rest is skipped with its reason', () => {
    expect(reverse.act(input({ type: 'linked' }))).toEqual({ action: 'skip', code: '00', reason: '不回传' })
  })

  test('an internal note leaves only where the mapping names it', () => {
    for (const type of EVENT_TYPES) {
      const made = reverse.act(
        input({
          type: type as CaseEvent['type'],
          content: { internalNote: '内部', answer: '已修复', solved: 'yes' },
        }),
      )
      expect(JSON.stringify(made)).not.toContain('内部')
    }
  })

  test('no content makes it throw', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...EVENT_TYPES),
        fc.dictionary(fc.string(), fc.jsonValue()),
        (type, content) => {
          expect(reverse.act(input({ type: type as CaseEvent['type'], content })).action).toMatch(
            /call|task|skip/,
          )
        },
      ),
    )
  })

  test('the code of a state is that of its event', () => {
    expect([reverse.codeOf('registered'), reverse.codeOf('signed')]).toEqual(['20', '00'])
  })
})

describe('the person who reported', () => {
  const letter = { to: 'reporter.email', name: 'reporter.name' }
  const withBody = (body: unknown, requires: string[] = []): Mapping => ({
    ...mapping,
    reverse: {
      ...mapping.reverse,
      events: {
        registered: { action: 'call', request: 'letter', requires },
        otherwise: { action: 'skip', reason: '-' },
      },
      requests: { letter: { body, answer: { delivered: 'status == 250' } } },
    },
  })

  test('is addressed in the body of a call, and only a mapping that does so asks for the person', () => {
    const compiled = compileMapping(withBody(letter, ['reporter.email']), { file: 'platform.yaml' }).reverse

    const made = compiled.act({ ...input({}), reporter: { name: '王小明', email: 'wang@mail.example' } })

    expect(made).toMatchObject({ body: { to: 'wang@mail.example', name: '王小明' }, missing: [] })
    expect(compiled.act(input({}))).toMatchObject({ body: {}, missing: ['reporter.email'] })
    expect([compiled.readsReporter, reverse.readsReporter]).toEqual([true, false])
  })

  test.each([
    [
      {
        ...withBody({}),
        reverse: {
          ...withBody({}).reverse,
          events: { otherwise: { action: 'task', text: 'reporter.email' } },
        },
      },
    ],
    [
      {
        ...withBody({}),
        reverse: {
          ...withBody({}).reverse,
          manual: { text: 'reporter.email' },
          events: { otherwise: { action: 'task', text: 'progressText', where: 'reporter.phone' } },
        },
      },
    ],
  ] as [Mapping][])('stands in no text that people see', (personal) => {
    expect(() => compileMapping(personal, { file: 'platform.yaml' })).toThrow('is personal')
  })

  test('stands in no expression', () => {
    const computed = withBody({ to: { cel: 'reporter.email' } })

    expect(() => compileMapping(computed, { file: 'platform.yaml' })).toThrow('reporter')
  })

  test('has no other fields', () => {
    expect(() =>
      compileMapping(withBody({ id: 'reporter.identityNumber' }), { file: 'platform.yaml' }),
    ).toThrow('"identityNumber" of "reporter.identityNumber" is not known')
  })
})

describe('what an answer means', () => {
  test.each([
    [
      { status: 200, body: { code: 0, id: 7 } },
      { kind: 'delivered', reference: '7' },
    ],
    [
      { status: 200, body: { code: 4, message: '张三 13812345678' } },
      { kind: 'permanent', detail: 'The partner refused: HTTP 200, body.code 4, body.message (not shown).' },
    ],
    [
      { status: 503, body: 'busy' },
      { kind: 'transient', detail: 'The partner cannot take it now: HTTP 503.' },
    ],
    [{ status: 200, body: 'OK' }, null],
    [{ status: 200, body: null }, null],
  ])('%j', (answer, outcome) => {
    expect(reverse.judge('status', { headers: {}, ...answer })).toEqual(outcome)
  })

  test('an unknown request decides nothing', () => {
    expect(reverse.judge('nothing', { status: 200, headers: {}, body: {} })).toBeNull()
  })

  test.each([
    [{ status: 200, body: { status: '20' } }, 'delivered'],
    [{ status: 200, body: { status: '10' } }, 'unknown'],
    [{ status: 404, body: '' }, 'absent'],
    [{ status: 500, body: '' }, 'unknown'],
  ])('the look-up %j', (answer, expected) => {
    const { event } = input({})
    const notice: Notice = {
      delivery: event.id,
      idempotencyKey: 'k',
      try: 1,
      channel: 'pw-7',
      case: event.case,
      event,
      source: { externalId: 'A1', references: [], extra: {} },
      code: '20',
      request: 'status',
      body: {},
    }

    expect(reverse.lookup(notice)?.judge({ headers: {}, ...answer })).toBe(expected)
  })
})

describe('a list of actions', () => {
  const withEvents = (events: object): ReturnType<typeof compileMapping>['reverse'] => {
    const definition: unknown = {
      ...mapping,
      reverse: { ...mapping.reverse, events: { ...events, otherwise: { action: 'skip', reason: '不回传' } } },
    }
    return compileMapping(definition as Mapping, { file: 'platform.yaml' }).reverse
  }
  const noted = [
    { when: 'event.content.reasonCode == "verify"', action: 'call', request: 'status', code: 'HC' },
    { when: 'code == "SM" && has(event.content.publicText)', action: 'call', request: 'status', code: 'SM' },
    { action: 'skip', reason: '没有文字' },
  ]

  test.each<[string, object, object]>([
    ['the first that holds', { reasonCode: 'verify', publicText: '请核查' }, { action: 'call', code: 'HC' }],
    ['a later one, which knows its own code', { publicText: '说明' }, { action: 'call', code: 'SM' }],
    ['the last, where none holds', {}, { action: 'skip', reason: '没有文字' }],
  ])('takes %s', (_name, content, expected) => {
    const told = withEvents({ noted })

    expect(told.act(input({ type: 'noted', content: content }))).toMatchObject(expected)
  })

  test('whose condition fails is taken and blocked, so that nothing is skipped by a fault', () => {
    const told = withEvents({
      noted: [
        { when: 'event.content.publicText > 5', action: 'call', request: 'status', code: 'HC' },
        { action: 'skip', reason: '没有文字' },
      ],
    })

    expect(told.act(input({ type: 'noted', content: { publicText: 'x' } }))).toMatchObject({
      action: 'call',
      missing: [expect.stringContaining('/when: The CEL expression at /reverse/events/noted/0/when failed')],
    })
  })

  test('gives the code of the one without condition to who asks for a code', () => {
    const told = withEvents({
      noted: [
        { when: 'event.sequence == 1', action: 'skip', reason: 'x', code: 'A' },
        { action: 'skip', reason: 'y', code: 'B' },
      ],
    })

    expect(told.codeOf('noted')).toBe('B')
  })

  test('becomes a list of tasks in a channel without interface', () => {
    const definition: unknown = {
      ...mapping,
      reverse: { ...mapping.reverse, events: { ...mapping.reverse.events, noted } },
    }
    const channel = { channel: 'sample', platform: 'sample', name: { zh: '样例' }, reverse: { manual: true } }

    const merged = mergeChannel(definition as Mapping, channel)

    expect(merged.reverse.events['noted']).toMatchObject([
      { action: 'task', when: 'event.content.reasonCode == "verify"', code: 'HC' },
      { action: 'task', code: 'SM' },
      { action: 'skip' },
    ])
  })
})

import { describe, expect, test } from 'vitest'
import type { Mapping } from '../../../schemas/mapping.ts'
import { readerNames, readers, type ReadingExample, type WritingExample } from '../../../schemas/readers.ts'
import { compileMapping } from '../compile.ts'
import { runExample, type Example } from '../examples.ts'

/** What a report needs, where the example is about something else. */
const needed = {
  externalId: { value: 'EX-1' },
  text: { value: '内容' },
  kind: { value: 'other' },
  submittedAt: { from: '$receivedAt', as: 'datetime' },
}

function mappingOf(parts: { fields?: object; codes?: object | undefined; body?: object }): Mapping {
  const mapping: unknown = {
    platform: 'example',
    name: { zh: '样例' },
    codes: parts.codes ?? {},
    feeds: {
      push: {
        adapter: 'http-json',
        rank: 1,
        identity: ['externalId'],
        forward: [{ into: 'report', fields: { ...needed, ...parts.fields } }],
      },
    },
    reverse: {
      adapter: 'http-json',
      partner: 'keyed',
      events: { otherwise: { action: 'call', request: 'status' } },
      requests: { status: { body: parts.body ?? {}, answer: { delivered: 'status == 200' } } },
    },
  }
  return mapping as Mapping
}

const examplesOf = <T extends ReadingExample | WritingExample>(key: keyof T & string) =>
  readerNames.flatMap((name) =>
    readers[name].examples
      .filter((example) => key in example)
      .map((example, index) => [`${name} ${index + 1}`, example as unknown as T] as const),
  )

describe('a worked example of a reader', () => {
  test.each(examplesOf<ReadingExample>('record'))('%s makes what it says', (_name, example) => {
    const { fields, codes, record, makes, quarantined } = example
    const feed = compileMapping(mappingOf({ fields, codes }), { file: 'readers.ts' }).feeds['push']

    const made = feed?.map(record, {
      channelId: 'sample',
      feed: 'push',
      receivedAt: new Date('2026-11-22T04:00:00Z'),
    })

    const plain = { externalId: 'EX-1', text: '内容', kind: 'other', urgency: 'normal' }
    const report = { ...plain, submittedAt: '2026-11-22T04:00:00.000Z', ...makes }
    const became = made?.kind === 'quarantined' ? made.reason.code : made?.kind === 'report' && made.content
    expect(became).toEqual(quarantined ?? report)
  })

  test.each(examplesOf<WritingExample>('body'))('%s sends what it says', (_name, { body, event, sends }) => {
    const compiled = compileMapping(mappingOf({ body }), { file: 'readers.ts' })
    const example = { kind: 'reverse', about: 'readers', event, expect: { action: 'call', body: sends } }

    const { expected, actual } = runExample(compiled, example as unknown as Example)

    expect(actual).toEqual(expected)
  })

  test('stands beside every reader', () => {
    const counts = readerNames.map((name): number => readers[name].examples.length)

    expect(Math.min(...counts)).toBeGreaterThan(0)
  })
})

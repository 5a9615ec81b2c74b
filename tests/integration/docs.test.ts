import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { compileMapping } from '../../gateway/mapping/compile.ts'
import { runExample, type Example } from '../../gateway/mapping/examples.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

type Tree = { [name: string]: unknown }
type Shown = Tree & { fields?: Tree; makes?: Tree; event?: Tree; does?: Tree }

const shown = [
  ...readFileSync(`${root}/docs/mapping.md`, 'utf8').matchAll(/```yaml example\n([\s\S]*?)```/g),
].map(([, text = '']) => parse(text) as Shown)
const skipAll = { otherwise: { action: 'skip', reason: 'not told' } }
/** What a report needs, where the example is about something else. */
const needed = {
  externalId: { value: 'EX-1' },
  text: { value: '内容' },
  kind: { value: 'other' },
  submittedAt: { from: '$receivedAt', as: 'datetime' },
}

function mappingOf({ codes, fields, events, requests, lookup, partner }: Shown): unknown {
  return {
    platform: 'example',
    name: { zh: '样例' },
    codes: codes ?? {},
    feeds: {
      push: {
        adapter: 'http-json',
        rank: 1,
        identity: ['externalId'],
        forward: [{ into: 'report', fields: { ...needed, ...fields } }],
      },
    },
    reverse: {
      adapter: 'http-json',
      partner: partner ?? 'keyed',
      events: events ?? skipAll,
      requests: requests ?? {},
      ...(lookup === undefined ? {} : { lookup }),
    },
  }
}

/** What the example says that its record becomes. */
function promisedBy({ quarantined, makes, unknown }: Shown): Tree {
  if (quarantined !== undefined) return { kind: 'quarantined', reason: { code: quarantined } }
  return { kind: 'report', content: makes, ...(unknown === undefined ? {} : { unknown }) }
}

function compiled(example: Shown) {
  return compileMapping(mappingOf(example) as Parameters<typeof compileMapping>[0], {
    file: 'docs/mapping.md',
  })
}

describe('the documentation', () => {
  test('is equal to the code where it is generated, and its links lead somewhere', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/check-docs.mjs'], {
      cwd: root,
      encoding: 'utf8',
    })

    expect(stdout + stderr).toContain('well')
    expect(status).toBe(0)
  })

  test.each(
    shown.filter(({ fields }) => fields !== undefined).map((example, index) => [index + 1, example] as const),
  )('makes true what field example %i of the mapping language says', (_, example) => {
    const made = compiled(example).feeds['push']?.map(example['record'], {
      channelId: 'sample',
      feed: 'push',
      receivedAt: new Date('2026-11-22T04:00:00Z'),
    })

    expect(made).toMatchObject(promisedBy(example))
  })

  test.each(
    shown.filter(({ event }) => event !== undefined).map((example, index) => [index + 1, example] as const),
  )('makes true what reverse example %i of the mapping language says', (_, example) => {
    const { event, source, answers, lookups, does } = example

    const { expected, actual } = runExample(compiled(example), {
      kind: 'reverse',
      about: 'docs',
      event,
      source,
      answers,
      lookups,
      expect: does,
    } as unknown as Example)

    expect(actual).toEqual(expected)
  })

  test('has examples to run', () => {
    expect(shown.length).toBeGreaterThan(12)
  })
})

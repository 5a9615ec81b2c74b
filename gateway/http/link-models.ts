/** The linking model 关联模型 for admins: which there are, train one, put one to use, how it agrees with clerks, why a report stands where it stands. */
import Type from 'typebox'
import type { Deps } from '../deps.ts'
import { evaluateLinkModel } from '../linking/model/evaluate.ts'
import { explainReport, type ExplainedCase } from '../linking/model/explain.ts'
import { wordsOf } from '../linking/model/words.ts'
import { listLinkModels, putToUse } from '../linking/model/stored-models.ts'
import { trainLinkModel } from '../linking/model/train.ts'
import { adminRoutes, By, listOf, ok } from './admin-api.ts'
import type { Api } from './api.ts'
import type { KeyRing } from './keys.ts'
import { readJson } from './request.ts'

const closed = { additionalProperties: false }
const Train = Type.Object(
  {
    by: By,
    note: Type.Optional(Type.String({ maxLength: 500 })),
    sample: Type.Optional(
      Type.Integer({
        minimum: 100,
        maximum: 5_000,
        description: 'Reports whose pairs are read; 2,000 where missing',
      }),
    ),
  },
  closed,
)
const Use = Type.Object(
  {
    by: By,
    version: Type.String({ minLength: 1, maxLength: 100, description: 'As listed, or `shipped`' }),
  },
  closed,
)
const At = Type.String({ format: 'date-time' })
const Model = Type.Object({
  version: Type.String(),
  trainedAt: At,
  author: Type.String(),
  note: Type.String(),
  figures: Type.Object({}, { description: 'What it was learned from, and what it came to' }),
  usedFrom: Type.Union([At, Type.Null()]),
  inUse: Type.Boolean(),
})
const Words = Type.Object({ zh: Type.String(), en: Type.String() })
const MatchExplained = Type.Object({
  case: Type.String(),
  state: Type.String(),
  standsHere: Type.Boolean(),
  decision: Type.Enum(['link', 'review', 'new']),
  probability: Type.Number(),
  score: Type.Number({ description: 'Sum of the parts in bits, before the prior' }),
  gate: Type.String({ description: '`open`; `clerk`: no machine may link them; `closed`: two places' }),
  parts: Type.Array(
    Type.Object({ field: Type.String(), level: Type.String(), weight: Type.Number(), words: Words }),
  ),
})
const Explained = Type.Object({
  report: Type.String(),
  case: Type.Union([Type.String(), Type.Null()]),
  model: Type.String(),
  candidates: Type.Array(MatchExplained),
})
const bodyProblems = ['request.invalid', 'request.body', 'request.media-type'] as const

/** Adds `/v1/admin/link` and a report's matches. */
export function addLinkModelRoutes(api: Api, { deps, keys }: { deps: Deps; keys: KeyRing }): void {
  const add = adminRoutes(api, keys)
  add(
    {
      method: 'get',
      path: '/v1/admin/link/models',
      summary: 'Linking models: the trained ones, newest first, and the shipped one',
      answer: ok('With their figures, and which is in use', listOf(Model)),
    },
    async () => ({ items: await listLinkModels(deps) }),
  )
  add(
    {
      method: 'post',
      path: '/v1/admin/link/models/train',
      summary: 'Train a linking model on stored pairs and clerks’ answers',
      description:
        'Takes some seconds to a minute; others are answered meanwhile. The model is stored and used only when it is put to use.',
      body: Train,
      answer: { status: 201, description: 'What it came to: the model’s version and figures' },
      problems: ['link.training', 'link.pairs', 'link.model', ...bodyProblems],
    },
    async (context) => await trainLinkModel(deps, await readJson(context, Train)),
  )
  add(
    {
      method: 'post',
      path: '/v1/admin/link/models/use',
      summary: 'Link with this model from now on; an earlier one, or `shipped`, rolls back',
      body: Use,
      answer: ok('The version that is in use', Type.Object({ version: Type.String() })),
      problems: ['link.model-unknown', 'link.model', ...bodyProblems],
    },
    async (context) => ({ version: await putToUse(deps, await readJson(context, Use)) }),
  )
  add(
    {
      method: 'get',
      path: '/v1/admin/link/evaluation',
      summary: 'How a linking model agrees with clerks’ answers',
      query: { model: { description: 'A version; the one in use where missing' } },
      answer: ok('Agreement, calibration in ten bins, and what each comparison contributes'),
      problems: ['link.model-unknown', 'link.model'],
    },
    async (context) => await evaluateLinkModel(deps, context.req.query('model')),
  )
  add(
    {
      method: 'get',
      path: '/v1/admin/reports/{id}/matches',
      summary:
        'Every case a report may belong to: the parts of the score in words, what was decided, what would be',
      query: { with: { description: 'Only this report (id, or channel/number) or case number' } },
      answer: ok('Its own case first, then the most probable', Explained),
      problems: ['report.unknown', 'case.unknown', 'link.model'],
    },
    async (context) => {
      const explained = await explainReport(deps, {
        report: context.req.param('id') ?? '',
        against: context.req.query('with'),
      })
      return { ...explained, candidates: explained.candidates.map(inWords) }
    },
  )
}

function inWords(candidate: ExplainedCase): object {
  const parts = candidate.parts.map((part) => ({
    ...part,
    words: { zh: wordsOf(part, 'zh'), en: wordsOf(part, 'en') },
  }))
  return { ...candidate, parts }
}

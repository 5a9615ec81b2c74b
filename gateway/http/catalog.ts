/** Channels as admins work on them: versions, the draft, its trial, publishing, state and owner. */
import type { Context } from 'hono'
import Type from 'typebox'
import { mergeChannelText, readChannelText } from '../catalog/channel-text.ts'
import { differenceOf, type Side } from '../catalog/difference.ts'
import { dropDraft, findDraft, readDraft, saveDraft } from '../catalog/drafts.ts'
import { handOver, setState } from '../catalog/life.ts'
import { listChannels } from '../catalog/list-channels.ts'
import { publishAgain, publishDraft } from '../catalog/publish.ts'
import { tryDraft } from '../catalog/trial/try-text.ts'
import { listVersions, readVersion } from '../catalog/versions.ts'
import type { Deps } from '../deps.ts'
import { GatewayError } from '../telemetry/errors.ts'
import { adminRoutes, limitQuery, listOf, ok, paging } from './admin-api.ts'
import type { Api } from './api.ts'
import {
  Draft,
  HandOver,
  PublishAgain,
  PublishDraft,
  Published,
  SaveDraft,
  SetState,
  Trial,
  TryDraft,
  Version,
} from './catalog-forms.ts'
import type { KeyRing } from './keys.ts'
import { readJson, requiredQuery } from './request.ts'

const channelOf = (context: Context) => context.req.param('channel') ?? ''

/** `draft`, `published`, or a number. */
async function sideOf(deps: Deps, channel: string, name: string): Promise<Side> {
  const { text } =
    name === 'draft'
      ? await readDraft(deps, channel)
      : await readVersion(deps.db.sql, channel, versionOf(name))
  const label = `${channel} ${name}`
  try {
    return {
      name: label,
      text,
      definition: mergeChannelText(readChannelText(text, label), deps.catalog).definition,
    }
  } catch {
    return { name: label, text, definition: undefined }
  }
}

function versionOf(text: string): number | 'published' {
  if (text === 'published') return text
  const number = Number(text)
  if (Number.isInteger(number) && number > 0 && number < 2 ** 31) return number
  throw new GatewayError(
    'request.parameter',
    `A version is a number, "published" or "draft", not "${text.slice(0, 40)}".`,
  )
}

const inputProblems = ['request.invalid', 'request.body', 'request.media-type'] as const
const publishProblems = [
  'mapping.invalid',
  'channel.examples',
  'channel.changed',
  'channel.unknown',
  'channel.version-unknown',
  ...inputProblems,
] as const
const draftProblems = ['channel.draft-unknown', 'channel.draft-changed'] as const

export function addCatalogRoutes(api: Api, { deps, keys }: { deps: Deps; keys: KeyRing }): void {
  const add = adminRoutes(api, keys)
  const base = '/v1/admin/channels/{channel}'
  add(
    {
      method: 'get',
      path: '/v1/admin/channels',
      summary: 'Channels with state, owner, published version and draft',
      answer: ok('In order of their names'),
    },
    async () => ({ items: await listChannels(deps), problems: deps.catalog.problems() }),
  )
  add(
    {
      method: 'get',
      path: `${base}/versions`,
      summary: 'Versions of a channel, newest first',
      query: paging,
      answer: ok('Each with author, time, note and how it came about', listOf(Version)),
    },
    async (context) => ({ items: await listVersions(deps.db.sql, channelOf(context), limitQuery(context)) }),
  )
  add(
    {
      method: 'get',
      path: `${base}/versions/{version}`,
      summary: 'One version with its text; `published` for the one that runs',
      answer: ok('The version', Type.Object({ ...Version.properties, text: Type.String() })),
      problems: ['channel.version-unknown', 'request.parameter'],
    },
    (context) => readVersion(deps.db.sql, channelOf(context), versionOf(context.req.param('version') ?? '')),
  )
  add(
    {
      method: 'post',
      path: `${base}/versions/{version}/publish`,
      summary: 'Roll back: publish the text of an older version again',
      body: PublishAgain,
      answer: ok('The new version', Published),
      problems: publishProblems,
    },
    async (context) => {
      const version = versionOf(context.req.param('version') ?? '')
      if (version === 'published')
        throw new GatewayError(
          'request.parameter',
          'Name the number of an older version; the published one runs already.',
        )
      return await publishAgain(deps, {
        channel: channelOf(context),
        version,
        ...(await readJson(context, PublishAgain)),
      })
    },
  )
  add(
    {
      method: 'get',
      path: `${base}/difference`,
      summary: 'What is different between two versions, in the text and in what it means',
      query: {
        from: { description: 'A number, `published` or `draft`', required: true },
        to: { description: 'A number, `published` or `draft`', required: true },
      },
      answer: ok('As diff -u, and value by value'),
      problems: ['channel.version-unknown', 'channel.draft-unknown', 'request.parameter'],
    },
    async (context) => {
      const channel = channelOf(context)
      const [from, to] = [
        requiredQuery(context, 'from', 'a version.'),
        requiredQuery(context, 'to', 'a version.'),
      ]
      return differenceOf(await sideOf(deps, channel, from), await sideOf(deps, channel, to))
    },
  )
  add(
    {
      method: 'get',
      path: `${base}/draft`,
      summary: 'The draft of a channel',
      answer: ok('Its text and edition', Draft),
      problems: ['channel.draft-unknown'],
    },
    (context) => readDraft(deps, channelOf(context)),
  )
  add(
    {
      method: 'put',
      path: `${base}/draft`,
      summary: 'Save the draft; who changed an older edition is told and nothing is overwritten',
      body: SaveDraft,
      answer: ok('The draft as it is now', Draft),
      problems: ['mapping.invalid', 'channel.draft-changed', ...inputProblems],
    },
    async (context) =>
      saveDraft(deps, { channel: channelOf(context), ...(await readJson(context, SaveDraft)) }),
  )
  add(
    {
      method: 'delete',
      path: `${base}/draft`,
      summary: 'Throw the draft away',
      query: { edition: { description: 'The edition that you looked at', required: true } },
      answer: ok('It is gone'),
      problems: [...draftProblems, 'request.parameter'],
    },
    async (context) => {
      const edition = versionOf(requiredQuery(context, 'edition', 'the edition that you looked at.'))
      if (edition === 'published') throw new GatewayError('request.parameter', 'The edition is a number.')
      await dropDraft(deps, { channel: channelOf(context), edition })
      return { channel: channelOf(context), draft: await findDraft(deps, channelOf(context)) }
    },
  )
  add(
    {
      method: 'post',
      path: `${base}/draft/try`,
      summary: 'Try the draft: its examples, and a dry run over stored receipts; nothing is written to them',
      body: TryDraft,
      answer: ok('What would be different', Trial),
      problems: ['mapping.invalid', 'channel.draft-unknown', ...inputProblems],
    },
    async (context) => {
      const { by, selection = 'latest', count = 1_000, show = 100 } = await readJson(context, TryDraft)
      const { signal } = context.req.raw
      return await tryDraft(deps, { channel: channelOf(context), by }, { selection, count, show, signal })
    },
  )
  add(
    {
      method: 'post',
      path: `${base}/draft/publish`,
      summary: 'Publish the draft; refused while an example fails',
      body: PublishDraft,
      answer: ok('The new version: every process works by it within a second', Published),
      problems: [...publishProblems, ...draftProblems],
    },
    async (context) =>
      publishDraft(deps, { channel: channelOf(context), ...(await readJson(context, PublishDraft)) }),
  )
  add(
    {
      method: 'post',
      path: `${base}/state`,
      summary: 'Draft, shadow, live, paused, retired',
      body: SetState,
      answer: ok('The version that says so', Published),
      problems: [...publishProblems, 'channel.state'],
    },
    async (context) =>
      setState(deps, { channel: channelOf(context), ...(await readJson(context, SetState)) }),
  )
  add(
    {
      method: 'post',
      path: `${base}/owner`,
      summary: 'Hand the channel over to another department or person',
      body: HandOver,
      answer: ok('The version that says so', Published),
      problems: [...publishProblems, 'request.parameter'],
    },
    async (context) =>
      handOver(deps, { channel: channelOf(context), ...(await readJson(context, HandOver)) }),
  )
}

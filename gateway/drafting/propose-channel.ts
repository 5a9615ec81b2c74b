import { join } from 'node:path'
import { ChannelId } from '../../schemas/primitives.ts'
import type { Mapping } from '../../schemas/mapping.ts'
import { readMapping } from '../mapping/load.ts'
import type { ReferenceCodes } from '../mapping/reference.ts'
import { compileCheck } from '../mapping/validation.ts'
import { readYaml } from '../mapping/yaml-file.ts'
import { GatewayError } from '../telemetry/errors.ts'
import { draftChannel, type ChannelDraft } from './draft-channel.ts'
import { readSample, type AboutSample } from './read-sample.ts'
import type { SampleForm } from './sample.ts'

/** A first channel file for a source, and what is behind it. */
export interface ChannelProposal extends ChannelDraft {
  readonly records: number
  readonly form: SampleForm
  /** What a person should know, in Chinese. */
  readonly notes: readonly string[]
}

export interface ProposalOptions extends AboutSample {
  /** The channel's name: lower case, digits, hyphens. */
  readonly channel: string
  /** Its name for people; `channel` where missing. */
  readonly title?: string
  readonly reference: ReferenceCodes
  /** The platform below the draft; the shipped `standard` where missing. */
  readonly platform?: Mapping
}

const isChannelId = compileCheck<string>(ChannelId)
const standardFile = join(import.meta.dirname, '../../mappings/platforms/standard/platform.yaml')

/** Reads a sample and drafts a channel from it. Stores nothing. Throws GatewayError `sample.unreadable` or `request.parameter`. */
export async function proposeChannel(bytes: Uint8Array, options: ProposalOptions): Promise<ChannelProposal> {
  const { name, mediaType, channel, title, reference } = options
  if (!isChannelId(channel))
    throw new GatewayError(
      'request.parameter',
      'The name of the channel is not usable. Write lower-case letters, digits and hyphens, at most 63, such as pingan-app.',
    )
  const platform = options.platform ?? readMapping(await readYaml(standardFile))
  const sample = await readSample(bytes, {
    ...(name !== undefined && { name }),
    ...(mediaType !== undefined && { mediaType }),
  })
  const draft = draftChannel(sample, {
    channel,
    reference,
    platform,
    ...(title !== undefined && { title }),
  })
  return {
    ...draft,
    records: sample.records.length,
    form: sample.form,
    notes: [...sample.notes, ...advice(draft, sample.form)],
  }
}

function advice({ missing }: ChannelDraft, form: SampleForm): string[] {
  const lacking = missing.length === 0 ? [] : [`没有找到必填的 ${missing.join('、')}，见草稿中的说明。`]
  const table =
    form === 'csv' || form === 'xlsx'
      ? ['样例是表格：草稿按“一行是一个 JSON 对象，列名是字段名”起草，须由对方或导入程序这样推送。']
      : []
  return [...lacking, ...table]
}

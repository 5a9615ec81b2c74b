import Type, { type Static } from 'typebox'
import {
  ANY_KEY,
  CodeTable,
  FeedMapping,
  Field,
  namedBy,
  ReverseActions,
  ReverseMapping,
  ReverseRequest,
  Title,
} from './mapping.ts'
import { ChannelId } from './primitives.ts'

export const ChannelState = Type.Enum(['draft', 'shadow', 'live', 'paused', 'retired'], {
  description: '草稿 · 试运行（只收不发） · 运行 · 暂停 · 停用',
})
export type ChannelState = Static<typeof ChannelState>

const Settings = namedBy(Type.Unknown(), {
  names: ANY_KEY,
  max: 100,
  description: 'For the adapter; a secret is written `{ secret: NAME }`',
})

const { settings: _settings, ...feedKeys } = FeedMapping.properties

/** A channel's own words over a feed of its platform; or, with `adapter`, `identity` and `forward`, a feed of its own. */
const FeedOverride = Type.Object(
  {
    ...Type.Partial(Type.Object(feedKeys)).properties,
    settings: Type.Optional(Settings),
    enabled: Type.Optional(Type.Boolean()),
    fields: Type.Optional(
      namedBy(Type.Union([Field, Type.Null()]), {
        names: ANY_KEY,
        max: 200,
        description:
          'Targets of the rules that make a report, over those of the platform; null takes one away. With `forward`, that is merged first',
      }),
    ),
  },
  { additionalProperties: false },
)

/** One source system or entry. The file `mappings/channels/<channel>.yaml`, 10 to 30 lines. */
export const Channel = Type.Object(
  {
    channel: ChannelId,
    platform: Type.String(),
    name: Title,
    owner: Type.Optional(
      Type.Object(
        { department: Type.String({ minLength: 1 }), contact: Type.Optional(Type.String()) },
        { additionalProperties: false },
      ),
    ),
    state: Type.Optional(ChannelState),
    successor: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 300,
        description:
          '停用后请改用 / Where callers of a retired channel should go now: a channel, an address, an office',
      }),
    ),
    handles: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
        maxItems: 200,
        description:
          'Codes of units that work in this system: a case dispatched to one of them is handed to this channel',
      }),
    ),
    issuer: Type.Optional(Type.String()),
    feeds: Type.Optional(
      namedBy(FeedOverride, {
        max: 50,
        description: 'What this channel does otherwise than its platform; a feed of its own is written whole',
      }),
    ),
    reverse: Type.Optional(
      Type.Object(
        {
          settings: Type.Optional(Settings),
          way: Type.Optional(
            Type.String({
              description: 'Told by another protocol than usual: a name under `reverse.ways` of the platform',
            }),
          ),
          manual: Type.Optional(
            Type.Boolean({ description: 'No interface here: every call becomes a manual task' }),
          ),
          pull: Type.Optional(
            Type.Boolean({ description: 'This channel asks for its events itself: GET …/events?after=' }),
          ),
          adapter: Type.Optional(ReverseMapping.properties.adapter),
          partner: Type.Optional(ReverseMapping.properties.partner),
          events: Type.Optional(namedBy(ReverseActions, { max: 100 })),
          handler: Type.Optional(ReverseMapping.properties.handler),
          requests: Type.Optional(
            namedBy(Type.Partial(ReverseRequest, { additionalProperties: false }), {
              max: 100,
              description: 'Settings are merged over the platform’s; body and answer replace',
            }),
          ),
          lookup: Type.Optional(ReverseMapping.properties.lookup),
        },
        { additionalProperties: false },
      ),
    ),
    codes: Type.Optional(
      namedBy(Type.Partial(CodeTable, { additionalProperties: false }), {
        max: 300,
        description: 'Rows merged over the platform’s tables',
      }),
    ),
    privateAddresses: Type.Optional(
      Type.Array(Type.String(), {
        description: 'CIDR blocks that calls out may reach although they are private',
      }),
    ),
    requireIdempotencyKey: Type.Optional(Type.Boolean()),
    files: Type.Optional(
      Type.Object(
        {
          fetch: Type.Optional(
            Type.Boolean({
              description:
                '附件地址是否由网关获取 / Get files that are only named by their address; true where missing',
            }),
          ),
          maxBytes: Type.Optional(
            Type.Integer({
              minimum: 1,
              maximum: 50 * 1024 * 1024,
              description: '单个附件的最大字节数 / Bytes of one file; 20 MiB where missing',
            }),
          ),
        },
        { additionalProperties: false },
      ),
    ),
    deliveries: Type.Optional(
      Type.Object(
        {
          delaysS: Type.Optional(
            Type.Array(Type.Number({ minimum: 0 }), {
              minItems: 1,
              maxItems: 30,
              description: 'Seconds before each try',
            }),
          ),
          uncertainHoldS: Type.Optional(
            Type.Number({
              minimum: 0,
              description: 'After this an uncertain delivery is sent again; missing: a person decides',
            }),
          ),
          timeoutMs: Type.Optional(Type.Integer({ minimum: 100, maximum: 60_000 })),
          concurrency: Type.Optional(Type.Integer({ minimum: 1, maximum: 64 })),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false, $id: '/schemas/channel.json', title: 'Channel', description: '渠道' },
)
export type Channel = Static<typeof Channel>

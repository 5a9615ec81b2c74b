/** The smallest legal adapter: one line of text is one record. Copy this folder to begin a new protocol. */
import { createHash, timingSafeEqual } from 'node:crypto'
import Type, { type Static } from 'typebox'
import { AuthenticationError, DecodeError, type Adapter } from '../adapter.ts'

const Token = Type.String({
  minLength: 16,
  writeOnly: true,
  title: '令牌 / Token',
  description: '来件须带上 / Sent in the header X-Token',
})
const TokenAuthentication = Type.Object(
  { kind: Type.Literal('token'), token: Token },
  { additionalProperties: false, title: '来件认证 / Authentication' },
)
const HelloSettings = Type.Object(
  { authentication: TokenAuthentication },
  { additionalProperties: false, title: '示例 / Example' },
)
type HelloSettings = Static<typeof HelloSettings>

const maxBytes = 65_536
const maxLines = 1_000

export const hello: Adapter<HelloSettings> = {
  protocol: 'hello',
  settings: HelloSettings,

  async authenticate({ headers }, { settings }) {
    const given = headers['x-token']
    if (!given) throw new AuthenticationError('missing', 'Header X-Token is missing.')
    const isKnown = timingSafeEqual(digest(given), digest(settings.authentication.token))
    if (!isKnown) throw new AuthenticationError('invalid', 'Header X-Token is wrong.')
    return { name: 'token' }
  },

  async *decode({ bytes }) {
    if (bytes.length > maxBytes)
      throw new DecodeError(
        'payload.too-large',
        `The payload has ${bytes.length} bytes; ${maxBytes} are allowed.`,
      )
    const lines = textOf(bytes).split(/\r?\n/)
    if (lines.length > maxLines)
      throw new DecodeError('payload.too-many-records', `The payload has more than ${maxLines} lines.`)
    for (const [index, text] of lines.entries()) {
      if (text.trim() !== '')
        yield { kind: 'record', position: `line ${index + 1}`, value: { line: index + 1, text } }
    }
  },
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new DecodeError('payload.charset', 'The payload is not UTF-8.')
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

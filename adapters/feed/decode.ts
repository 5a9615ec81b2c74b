import { DecodeError, type RawPayload } from '../adapter.ts'
import type { EntryRead } from './entry.ts'
import { jsonEntries } from './json-entries.ts'
import type { FeedSettings } from './settings.ts'
import { feedText } from './text.ts'
import { xmlEntries } from './xml-entries.ts'

export const defaultMaxBytes = 2_097_152

/** Every entry of the document, as it stands there. Throws DecodeError, whose message holds no text of it. */
export function entriesOf(
  { bytes, headers }: Pick<RawPayload, 'bytes' | 'headers'>,
  { url, charset, maxBytes = defaultMaxBytes }: FeedSettings,
): EntryRead[] {
  if (bytes.length > maxBytes)
    throw new DecodeError('payload.too-large', `The feed has ${bytes.length} bytes; ${maxBytes} are allowed.`)
  const text = feedText(bytes, headers['content-type'], charset).trimStart()
  if (text === '')
    throw new DecodeError('payload.empty', 'The feed is empty. It will be read again at the next poll.')
  return text.startsWith('{') || text.startsWith('[') ? jsonEntries(text, url) : xmlEntries(text, url)
}

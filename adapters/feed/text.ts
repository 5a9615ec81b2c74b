import { decodeText, httpCharset, xmlCharset } from '../reading/charset.ts'

/** A feed's bytes as text: byte order mark, then the channel's setting, HTTP charset, XML declaration, UTF-8. Throws DecodeError. */
export function feedText(
  bytes: Uint8Array,
  contentType: string | undefined,
  setting: string | undefined,
): string {
  return decodeText(bytes, {
    declared: [setting, httpCharset(contentType), xmlCharset(bytes)],
    noun: 'feed',
    remedy: "Set the channel's charset to what it really is.",
  }).text
}

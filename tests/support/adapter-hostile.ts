/** Payloads that no honest partner sends, for every adapter alike. */
import { canary, type AdapterFixture } from './adapter-fixtures.ts'

export function hostilePayloads({ good: { text } }: AdapterFixture): { name: string; bytes: Uint8Array }[] {
  const good = Buffer.from(text)
  const middle = good.indexOf(canary) + Buffer.byteLength(canary)
  const inserted = (bytes: readonly number[]): Buffer =>
    Buffer.concat([good.subarray(0, middle), Buffer.from(bytes), good.subarray(middle)])
  return [
    { name: 'nothing', bytes: Buffer.alloc(0) },
    { name: 'white space', bytes: Buffer.from(' \r\n\t ') },
    { name: 'a byte order mark alone', bytes: Buffer.from([0xef, 0xbb, 0xbf]) },
    { name: 'half a payload', bytes: good.subarray(0, middle) },
    { name: 'half a character', bytes: good.subarray(0, middle - 12) },
    { name: 'two payloads in one', bytes: Buffer.concat([good, good]) },
    { name: 'a byte that no UTF-8 has', bytes: inserted([0xff]) },
    { name: 'a surrogate as UTF-8', bytes: inserted([0xed, 0xa0, 0x80]) },
    { name: 'an overlong slash', bytes: inserted([0xc0, 0xaf]) },
    { name: 'a raw NUL', bytes: inserted([0]) },
    { name: 'raw control characters', bytes: inserted([1, 2, 27, 127]) },
    { name: 'a replacement character that was really sent', bytes: inserted([0xef, 0xbf, 0xbd]) },
    { name: 'UTF-16', bytes: Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]) },
    { name: 'UTF-16 without a mark', bytes: Buffer.from(text, 'utf16le') },
    { name: '20 MB of letters', bytes: Buffer.alloc(20_000_000, 'x') },
    {
      name: '20 MB after a good start',
      bytes: Buffer.concat([good.subarray(0, middle), Buffer.alloc(20_000_000, 'x')]),
    },
    ...['[', '{"a":', '<a>', '<rss>', '{"version":"https://jsonfeed.org/version/1","items":['].flatMap(
      (opening) => [
        { name: `10,000 levels of ${opening}`, bytes: Buffer.from(opening.repeat(10_000)) },
        {
          name: `1 MB of ${opening}`,
          bytes: Buffer.from(opening.repeat(Math.ceil(1_000_000 / opening.length))),
        },
      ],
    ),
    { name: '1 MB of quotes', bytes: Buffer.alloc(1_000_000, '"') },
    { name: '1 MB of escapes', bytes: Buffer.alloc(1_000_000, '\\"') },
    { name: '1 MB of open tags within quotes', bytes: Buffer.from(`<rss a="${'<rss'.repeat(250_000)}">`) },
    { name: '60,000 records', bytes: Buffer.from(`[${'{},'.repeat(60_000)}{}]`) },
    { name: '60,000 lines', bytes: Buffer.from('a\n'.repeat(30_000)) },
    {
      name: '60,000 entries',
      bytes: Buffer.from(`<rss><channel>${'<item/>'.repeat(60_000)}</channel></rss>`),
    },
    {
      name: 'an entity bomb',
      bytes: Buffer.from(
        `<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "${canary}"><!ENTITY b "&a;&a;&a;">]><rss><channel><item><title>&b;</title></item></channel></rss>`,
      ),
    },
    { name: 'an outside entity', bytes: Buffer.from('<!DOCTYPE r SYSTEM "file:///etc/passwd"><rss/>') },
    {
      name: 'a document type late in the text',
      bytes: Buffer.from('<rss><channel><item><!DOCTYPE r [<!ENTITY a "b">]></item></channel></rss>'),
    },
    { name: 'a web page', bytes: Buffer.from(`<!DOCTYPE html><html><body>${canary}</body></html>`) },
    { name: 'a web page without a type', bytes: Buffer.from(`<html><body>${canary}</body></html>`) },
    {
      name: 'elements named like built-ins',
      bytes: Buffer.from(`<rss><channel><item><__proto__>${canary}</__proto__></item></channel></rss>`),
    },
    { name: 'one string', bytes: Buffer.from(JSON.stringify(canary)) },
    { name: 'null', bytes: Buffer.from('null') },
    { name: 'records that are none', bytes: Buffer.from(JSON.stringify([null, 1, canary, [canary], {}])) },
    { name: 'JSON that is nearly right', bytes: Buffer.from(`{'name': ${canary}}`) },
  ]
}

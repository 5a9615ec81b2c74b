/** A form with files (multipart/form-data, RFC 7578). */
import { createHash } from 'node:crypto'

export interface FormFile {
  /** Name of its part. */
  readonly name: string
  readonly fileName: string
  readonly mediaType: string
  readonly bytes: Buffer
}

/** The same record and files give the same bytes: a repeat is the same payload. */
export function formOf(
  record: object,
  files: readonly FormFile[],
): { readonly contentType: string; readonly body: Buffer } {
  const json = JSON.stringify(record)
  const boundary = `form-${createHash('sha256').update(json).digest('hex').slice(0, 24)}`
  const part = (headers: readonly string[], bytes: Buffer) =>
    Buffer.concat([
      Buffer.from(`--${boundary}\r\n${headers.join('\r\n')}\r\n\r\n`),
      bytes,
      Buffer.from('\r\n'),
    ])
  const body = Buffer.concat([
    part(
      ['Content-Disposition: form-data; name="data"', 'Content-Type: application/json; charset=utf-8'],
      Buffer.from(json),
    ),
    ...files.map(({ name, fileName, mediaType, bytes }) =>
      part(
        [
          `Content-Disposition: form-data; name="${name}"; filename="${fileName}"`,
          `Content-Type: ${mediaType}`,
        ],
        bytes,
      ),
    ),
    Buffer.from(`--${boundary}--\r\n`),
  ])
  return { contentType: `multipart/form-data; boundary=${boundary}`, body }
}

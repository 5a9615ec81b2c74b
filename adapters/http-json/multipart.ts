/** multipart/form-data (RFC 7578, RFC 2046): its parts as they stand in the payload, nothing copied. */
import { DecodeError } from '../adapter.ts'

export interface FormPart {
  readonly name: string
  /** Missing where the part is no file; the last step of a path, without control characters. */
  readonly fileName?: string
  readonly contentType: string | undefined
  readonly bytes: Uint8Array
}

const maxParts = 100
const maxHeaderBytes = 8_192
const maxFileNameLength = 200

/** The boundary of a form; undefined for every other kind of payload. Throws DecodeError where a form names none. */
export function boundaryOf(contentType: string | undefined): string | undefined {
  if (contentType === undefined || !/^\s*multipart\/form-data\s*(;|$)/i.test(contentType)) return undefined
  const found = /;\s*boundary\s*=\s*(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType)
  const boundary = found?.[1] ?? found?.[2]
  if (boundary === undefined) throw notForm('The Content-Type is multipart/form-data without a boundary.', 0)
  return boundary
}

/** Throws DecodeError. */
export function formParts(bytes: Uint8Array, boundary: string): FormPart[] {
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1')
  const parts: FormPart[] = []
  let mark = firstDelimiter(body, delimiter)
  while (!mark.isLast) {
    if (parts.length === maxParts)
      throw new DecodeError(
        'payload.too-many-parts',
        `The form has more than ${maxParts} parts. Send fewer files.`,
      )
    const next = nextDelimiter(body, delimiter, mark.behind - 2)
    parts.push(partOf(body.subarray(mark.behind, next.at), mark.behind))
    mark = next
  }
  return parts
}

interface Delimiter {
  readonly at: number
  /** Where the part behind it begins. */
  readonly behind: number
  readonly isLast: boolean
}

/** A preamble may stand before it. */
function firstDelimiter(body: Buffer, delimiter: Buffer): Delimiter {
  const opening = delimiter.subarray(2)
  if (body.subarray(0, opening.length).equals(opening)) {
    const first = delimiterAt(body, -2, delimiter)
    if (first) return first
  }
  if (body.indexOf(opening) === -1 && body.length > 0)
    throw notForm('The payload does not hold the boundary that its Content-Type names.', 0)
  return nextDelimiter(body, delimiter, 0)
}

function nextDelimiter(body: Buffer, delimiter: Buffer, from: number): Delimiter {
  for (let at = body.indexOf(delimiter, from); at !== -1; at = body.indexOf(delimiter, at + 1)) {
    const found = delimiterAt(body, at, delimiter)
    if (found) return found
  }
  throw new DecodeError(
    'payload.cut-off',
    `The form ends before its closing boundary at byte ${body.length}. Send the whole body.`,
    `byte ${body.length}`,
  )
}

/** A boundary that goes on with other letters is none. */
function delimiterAt(body: Buffer, at: number, delimiter: Buffer): Delimiter | undefined {
  let behind = at + delimiter.length
  if (body[behind] === 0x2d && body[behind + 1] === 0x2d) return { at, behind: behind + 2, isLast: true }
  while (body[behind] === 0x20 || body[behind] === 0x09) behind += 1
  return body[behind] === 0x0d && body[behind + 1] === 0x0a
    ? { at, behind: behind + 2, isLast: false }
    : undefined
}

function partOf(part: Buffer, offset: number): FormPart {
  const hasNoHeader = part[0] === 0x0d && part[1] === 0x0a
  const end = hasNoHeader ? 0 : part.subarray(0, maxHeaderBytes).indexOf('\r\n\r\n')
  if (end === -1) throw notForm('A part of the form has no end of its header, or too long a header.', offset)
  const headers = headersOf(headerText(part.subarray(0, end)))
  const parameters = parametersOf(headers.get('content-disposition') ?? '')
  const name = parameters.get('name') ?? ''
  if (name.length > 100 || !/^[^\p{Cc}]+$/u.test(name))
    throw notForm('A part of the form has no usable name (1 to 100 visible characters).', offset)
  const fileName = fileNameOf(parameters)
  const bytes = part.subarray(hasNoHeader ? 2 : end + 4)
  return {
    name,
    ...(fileName !== undefined && { fileName }),
    contentType: headers.get('content-type'),
    bytes: decoded(bytes, headers.get('content-transfer-encoding'), offset),
  }
}

function headersOf(text: string): Map<string, string> {
  const lines = text.split('\r\n').filter((line) => line.includes(':'))
  return new Map(
    lines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()] as const
    }),
  )
}

/** File names come in UTF-8 (RFC 7578, 5.1), from old clients in GBK. */
function headerText(bytes: Uint8Array): string {
  for (const charset of ['utf-8', 'gb18030']) {
    try {
      return new TextDecoder(charset, { fatal: true }).decode(bytes)
    } catch {
      // The next one.
    }
  }
  return Buffer.from(bytes).toString('latin1')
}

function parametersOf(disposition: string): Map<string, string> {
  const found = disposition.matchAll(/;\s*([a-z]+\*?)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s"]*))/gi)
  return new Map(
    [...found].map(([, name = '', quoted, plain]) => [
      name.toLowerCase(),
      quoted?.replaceAll('\\"', '"') ?? plain ?? '',
    ]),
  )
}

function fileNameOf(parameters: ReadonlyMap<string, string>): string | undefined {
  const [, extended] = /^utf-8''(.*)$/i.exec(parameters.get('filename*') ?? '') ?? []
  const given = unescaped(extended) ?? parameters.get('filename')
  if (given === undefined) return undefined
  const last = given.replaceAll(/%22/g, '"').split(/[/\\]/).at(-1) ?? ''
  return last
    .replaceAll(/\p{Cc}/gu, '')
    .trim()
    .slice(-maxFileNameLength)
    .toWellFormed()
}

function unescaped(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** RFC 7578, 4.7 has given up transfer encodings; old clients write them still. */
function decoded(bytes: Buffer, encoding: string | undefined, offset: number): Uint8Array {
  switch (encoding?.toLowerCase()) {
    case undefined:
    case '7bit':
    case '8bit':
    case 'binary':
      return bytes
    case 'base64':
      return Buffer.from(bytes.toString('latin1'), 'base64')
    default:
      throw notForm(
        'A part of the form has a transfer encoding that is not read here. Send it as it is.',
        offset,
      )
  }
}

function notForm(message: string, at: number): DecodeError {
  return new DecodeError('payload.not-form', message, `byte ${at}`)
}

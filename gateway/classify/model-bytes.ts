import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { Model } from './model.ts'

/**
 * A model as stored, packed with zstd. Numbers are little-endian:
 *   length of the header (u32) | header, JSON | buckets (u32 each) | gains (f32 each) | weights (i8, for each bucket one of each category)
 */
const format = 1
/** Above what `fit` makes: 4 MiB of rows, and the header. */
const maxUnpackedBytes = 5 * 1024 * 1024

interface Header {
  readonly format: number
  readonly rows: number
  readonly categories: readonly string[]
  readonly scales: readonly number[]
  readonly biases: readonly number[]
  readonly sharpness: number
}

/** The bytes of a model, at most 5 MiB. */
export function packModel(model: Model): Uint8Array {
  const header: Header = {
    format,
    rows: model.buckets.length,
    categories: model.categories,
    scales: [...model.scales],
    biases: [...model.biases],
    sharpness: model.sharpness,
  }
  const head = Buffer.from(JSON.stringify(header))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(head.length)
  const arrays = [model.buckets, model.gains, model.weights].map((array) =>
    Buffer.from(array.buffer, array.byteOffset, array.byteLength),
  )
  return zstdCompressSync(Buffer.concat([length, head, ...arrays]))
}

function unzipped(packed: Uint8Array): Buffer {
  try {
    const bytes = zstdDecompressSync(packed, { maxOutputLength: maxUnpackedBytes })
    if (bytes.length > 4) return bytes
  } catch (cause) {
    throw new Error('its bytes cannot be unpacked', { cause })
  }
  throw new Error('it has no header')
}

/** The model of packed bytes. Throws an Error that says what is wrong with them. */
export function unpackModel(packed: Uint8Array): Model {
  const bytes = unzipped(packed)
  const headerEnd = 4 + bytes.readUInt32LE(0)
  const header = JSON.parse(bytes.toString('utf8', 4, headerEnd)) as Header
  if (header.format !== format)
    throw new Error(`its format is ${header.format}; this gateway reads ${format}`)
  const { rows, categories } = header
  const expected = headerEnd + rows * (8 + categories.length)
  if (bytes.length !== expected)
    throw new Error(`it has ${bytes.length} bytes where its header says ${expected}`)
  // A copy begins where typed arrays may begin: at a multiple of their element.
  const copy = (from: number, length: number) => Uint8Array.from(bytes.subarray(from, from + length)).buffer
  return {
    categories,
    buckets: new Uint32Array(copy(headerEnd, rows * 4)),
    gains: new Float32Array(copy(headerEnd + rows * 4, rows * 4)),
    weights: new Int8Array(copy(headerEnd + rows * 8, rows * categories.length)),
    scales: Float32Array.from(header.scales),
    biases: Float32Array.from(header.biases),
    sharpness: header.sharpness,
  }
}

import { fromBufferPromise, type Entry } from 'yauzl'
import { unreadable } from './sample.ts'

/** A workbook of 1,000 rows has some ten parts and unpacks to a few megabytes. */
const bounds = { entries: 500, bytes: 60 * 1024 * 1024, ratio: 300 } as const
/** Small parts may be packed as tightly as they like. */
const ratioFromBytes = 1024 * 1024

/**
 * Looks a zip over before a lenient reader may unpack it: number of parts, size, ratio, and that each part is as large as it
 * says. Throws `sample.unreadable`.
 */
export async function checkZip(bytes: Uint8Array): Promise<void> {
  const zip = await fromBufferPromise(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), {
    decodeStrings: false,
    lazyEntries: true,
    validateEntrySizes: true,
  }).catch((cause: unknown) => {
    throw unreadable('The workbook is no whole zip file. Save it once more, or send it as CSV.', { cause })
  })
  if (zip.entryCount > bounds.entries) throw tooLarge()
  let total = 0
  try {
    for await (const entry of zip.eachEntry()) {
      total += entry.uncompressedSize
      if (total > bounds.bytes || isTooTight(entry)) throw tooLarge()
      for await (const chunk of await zip.openReadStreamPromise(entry)) void chunk
    }
  } catch (error) {
    if (error instanceof Error && error.name === 'GatewayError') throw error
    throw unreadable(
      'A part of the workbook is damaged, encrypted, or not as large as it says. Save it once more without password, or send it as CSV.',
      { cause: error },
    )
  }
}

const isTooTight = ({ uncompressedSize, compressedSize }: Entry): boolean =>
  uncompressedSize > ratioFromBytes && uncompressedSize > bounds.ratio * compressedSize

const tooLarge = () =>
  unreadable(
    'The workbook unpacks to far more than a sample holds. Copy some rows into a new workbook, or send it as CSV.',
  )

/** Photos that a peer takes: real PNG files of a few hundred bytes, each its own. */
import { crc32, deflateSync } from 'node:zlib'
import { hashOf } from '../random.ts'

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const side = 32

/** The same name gives the same picture: a slope between two colours. */
export function photoOf(name: string): Buffer {
  const hash = hashOf(name)
  const header = Buffer.alloc(13)
  header.writeUInt32BE(side, 0)
  header.writeUInt32BE(side, 4)
  // 8 bits a channel, red, green and blue.
  header.set([8, 2, 0, 0, 0], 8)
  const rows = Array.from({ length: side }, (_, y) =>
    Buffer.from([
      0,
      ...Array.from({ length: side }, (_unused, x) => [
        (hash + x * 4) % 256,
        (Math.floor(hash / 256) + y * 4) % 256,
        Math.floor(hash / 65_536) % 256,
      ]).flat(),
    ]),
  )
  const text = Buffer.from(`Title\0${name}`, 'latin1')
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('tEXt', text),
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, content: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), content])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(content.length)
  const check = Buffer.alloc(4)
  check.writeUInt32BE(crc32(typed))
  return Buffer.concat([length, typed, check])
}

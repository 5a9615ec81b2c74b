/**
 * Envelope encryption. Each record has a data key of its own, wrapped by the master key from outside the database and kept
 * beside the ciphertext: erasing the data key erases the record. Both parts name their algorithm and key.
 *
 *   sealed body   = 'G1' | algorithm (1) | iv (12) | tag (16) | ciphertext of zstd(plain), or of plain
 *   sealed key    = 'G1' | algorithm (1) | key id (8) | iv (12) | tag (16) | ciphertext of the data key (32)
 *
 * Algorithm 1 is AES-256-GCM over zstd, 2 is AES-256-GCM over the bytes as they are: of a small payload zstd saves a quarter and
 * costs more time than everything else here.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
} from 'node:crypto'
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { pooledRandom } from './random.ts'

const magic = Buffer.from('G1')
const aes256gcmOverZstd = 1
const aes256gcmOverPlain = 2
/** Shorter than this is not compressed. */
const worthCompressing = 4 * 1024
const keyIdBytes = 8
const ivBytes = 12
const tagBytes = 16
const maxPlainBytes = 64 * 1024 * 1024

export interface Sealed {
  readonly dataKey: Uint8Array
  readonly body: Uint8Array
}

export interface Envelope {
  seal(plain: Uint8Array): Sealed
  /** Throws where the data key was erased, the master key is another one, or bytes were changed. */
  open(sealed: { dataKey: Uint8Array | null; body: Uint8Array }): Buffer
  /** Keyed hash by which persons are matched: `<kind>:<key id>:<hmac>`. Values are normalised before. */
  personKey(kind: string, value: string): string
  readonly keyId: string
}

/** Keys are key objects: Node looks at given bytes anew for each use, which costs more than the encryption. */
function encrypt(key: KeyObject, plain: Uint8Array, associated: Uint8Array): Buffer {
  const iv = pooledRandom(ivBytes)
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  cipher.setAAD(associated)
  // In this mode the last part is always empty.
  const ciphertext = cipher.update(plain)
  cipher.final()
  return Buffer.concat([iv, cipher.getAuthTag(), ciphertext])
}

function decrypt(key: KeyObject, sealed: Uint8Array, associated: Uint8Array): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, ivBytes))
  decipher.setAAD(associated)
  decipher.setAuthTag(sealed.subarray(ivBytes, ivBytes + tagBytes))
  return Buffer.concat([decipher.update(sealed.subarray(ivBytes + tagBytes)), decipher.final()])
}

/** `master` is 32 bytes; the keys for wrapping and for person hashes are derived from it (HKDF-SHA-256). */
export function createEnvelope(master: Uint8Array): Envelope {
  if (master.length !== 32) throw new Error(`The master key has ${master.length} bytes; it must have 32.`)
  const wrapping = Buffer.from(hkdfSync('sha256', master, '', 'guiyi wrapping key', 32))
  const personKey = createSecretKey(Buffer.from(hkdfSync('sha256', master, '', 'guiyi person key', 32)))
  const keyId = createHash('sha256').update(wrapping).digest().subarray(0, keyIdBytes)
  const wrappingKey = createSecretKey(wrapping)
  const zstdHead = Buffer.concat([magic, Buffer.from([aes256gcmOverZstd])])
  const plainHead = Buffer.concat([magic, Buffer.from([aes256gcmOverPlain])])
  const keyHead = Buffer.concat([zstdHead, keyId])
  const keyName = keyId.toString('hex')
  return {
    keyId: keyName,
    seal: (plain) => {
      const dataKey = pooledRandom(32)
      return {
        dataKey: Buffer.concat([keyHead, encrypt(wrappingKey, dataKey, keyHead)]),
        body:
          plain.length < worthCompressing
            ? Buffer.concat([plainHead, encrypt(createSecretKey(dataKey), plain, plainHead)])
            : Buffer.concat([zstdHead, encrypt(createSecretKey(dataKey), zstdCompressSync(plain), zstdHead)]),
      }
    },
    open: ({ dataKey, body }) => {
      if (dataKey === null) throw new Error('This content was erased: its data key is gone.')
      const head = Buffer.from(dataKey.subarray(0, keyHead.length))
      if (!head.equals(keyHead)) {
        throw new Error(
          `This content is sealed under master key ${head.subarray(zstdHead.length).toString('hex')}, but the gateway has ${keyName}. Set GUIYI_MASTER_KEY to that key.`,
        )
      }
      const key = createSecretKey(decrypt(wrappingKey, dataKey.subarray(keyHead.length), keyHead))
      const bodyHead = Buffer.from(body.subarray(0, zstdHead.length))
      if (bodyHead.equals(plainHead)) return decrypt(key, body.subarray(plainHead.length), plainHead)
      const packed = decrypt(key, body.subarray(zstdHead.length), zstdHead)
      return zstdDecompressSync(packed, { maxOutputLength: maxPlainBytes })
    },
    personKey: (kind, value) =>
      `${kind}:${keyName.slice(0, 4)}:${createHmac('sha256', personKey).update(`${kind}\n${value}`).digest('base64url')}`,
  }
}

/** What a ZIP archive is by the names in its directory. Nothing is unpacked. */

const endOfDirectory = 0x06054b50
const directoryEntry = 0x02014b50
/** The end record has 22 bytes and a comment of up to 65,535. */
const endSearchBytes = 22 + 65_535
/** Documents have some dozens of entries; what is sought stands among the first. */
const maxEntries = 500

const office = 'application/vnd.openxmlformats-officedocument'
const kinds: readonly { readonly holds: (name: string) => boolean; readonly mediaType: string }[] = [
  { holds: (name) => name === 'AndroidManifest.xml', mediaType: 'application/vnd.android.package-archive' },
  { holds: (name) => name === 'META-INF/MANIFEST.MF', mediaType: 'application/java-archive' },
  { holds: (name) => name.startsWith('word/'), mediaType: `${office}.wordprocessingml.document` },
  { holds: (name) => name.startsWith('xl/'), mediaType: `${office}.spreadsheetml.sheet` },
  { holds: (name) => name.startsWith('ppt/'), mediaType: `${office}.presentationml.presentation` },
  { holds: (name) => name === 'OFD.xml', mediaType: 'application/ofd' },
]

/** The media type of an archive; `application/zip` where its names say nothing, or cannot be read. */
export function zipKind(bytes: Buffer): string {
  const names = namesOf(bytes)
  return kinds.find(({ holds }) => names.some(holds))?.mediaType ?? 'application/zip'
}

function namesOf(bytes: Buffer): string[] {
  const end = endRecordAt(bytes)
  if (end === undefined) return []
  const names: string[] = []
  let at = bytes.readUInt32LE(end + 16)
  while (names.length < maxEntries && at + 46 <= bytes.length && bytes.readUInt32LE(at) === directoryEntry) {
    const nameEnd = at + 46 + bytes.readUInt16LE(at + 28)
    names.push(bytes.toString('latin1', at + 46, nameEnd))
    at = nameEnd + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)
  }
  return names
}

function endRecordAt(bytes: Buffer): number | undefined {
  const last = bytes.length - 22
  for (let at = last; at >= Math.max(0, last - endSearchBytes); at--)
    if (bytes.readUInt32LE(at) === endOfDirectory) return at
  return undefined
}

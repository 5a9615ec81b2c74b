/** What the dispatch reads of files: their state beside each source, and the bytes, each reading recorded. */
import type { Attachment, FileReason, FileState } from '../../schemas/primitives.ts'
import type { Deps } from '../deps.ts'
import type { Tx } from '../store/client.ts'
import { neutralName, unknownBinary } from '../store/media-types.ts'
import { GatewayError } from '../telemetry/errors.ts'

interface StateRow {
  readonly id: string
  readonly position: number
  readonly state: FileState
  readonly reason: FileReason | null
  readonly media_type: string | null
  readonly bytes: number | null
  readonly sha256: string | null
}

/** The files that working copies name, as they stand now. No statement where they name none. */
export async function filesAsTheyStand(
  deps: Deps,
  named: readonly (readonly Attachment[] | undefined)[],
): Promise<ReadonlyMap<string, Attachment>> {
  const ids = named.flatMap((attachments = []) => attachments.flatMap(({ id }) => id ?? []))
  if (ids.length === 0) return new Map()
  const rows = await deps.db.sql<StateRow[]>`
    select id, position, state, reason, media_type, bytes, sha256 from files where id = any(${ids}::uuid[])`
  return new Map(rows.map((row) => [row.id, attachmentOf(row)]))
}

function attachmentOf(row: StateRow): Attachment {
  return {
    id: row.id,
    state: row.state,
    ...(row.reason === null || row.state === 'waiting' ? {} : { reason: row.reason }),
    name: neutralName(row.position, row.media_type),
    ...(row.media_type === null ? {} : { mediaType: row.media_type }),
    ...(row.bytes === null ? {} : { bytes: row.bytes }),
    ...(row.sha256 === null ? {} : { sha256: row.sha256 }),
  }
}

/** A source's attachments: what its working copy says, with the state of now. Undefined where it has none of ours. */
export function attachmentsOf(
  named: readonly Attachment[] | undefined,
  files: ReadonlyMap<string, Attachment>,
): Attachment[] | undefined {
  const known = (named ?? []).flatMap(({ id = '', role }) => {
    const file = files.get(id)
    return file === undefined ? [] : [{ ...file, ...(role === undefined ? {} : { role }) }]
  })
  return known.length === 0 ? undefined : known
}

export interface FileRead {
  readonly name: string
  readonly mediaType: string
  readonly sha256: string
  readonly bytes: Uint8Array
}

interface FileRow extends StateRow {
  readonly report_id: string | null
  readonly case_id: string
  readonly confidential: boolean
}

/**
 * A file's bytes; the reading is recorded. Throws `file.unknown` (also for one whose report has no case yet), `file.withheld`
 * where its reporter asked for confidentiality, `file.not-stored` and `file.erased`.
 */
export async function readFile(deps: Deps, id: string, principal: string): Promise<FileRead> {
  const found = await deps.db.transaction(async (tx) => {
    const file = await fileOf(tx, id)
    if (file === undefined || (file.state !== 'stored' && !file.confidential)) return { file }
    const subject = file.confidential ? 'file-withheld' : 'file'
    await tx`
      insert into accesses (id, principal, subject, case_id, report_id, file_id, at)
      values (${deps.newId()}, ${principal}, ${subject}, ${file.case_id}, ${file.report_id}, ${id}, ${deps.now()})`
    if (file.confidential) return { file }
    const [sealed] = await tx<{ data_key: Uint8Array | null; body: Uint8Array }[]>`
      select data_key, body from file_bodies where file_id = ${id}`
    return { file, sealed }
  })
  return opened(deps, found)
}

/** Of a report's file the report says whether it is confidential; a handler 承办方 sends files of its own work. */
async function fileOf(tx: Tx, id: string): Promise<FileRow | undefined> {
  const [row] = await tx<FileRow[]>`
    select f.id, f.position, f.state, f.reason, f.media_type, f.bytes, f.sha256, f.report_id, coalesce(p.case_id, h.case_id) as case_id,
      coalesce(p.confidential, false) as confidential
    from files f left join reports p on p.id = f.report_id left join messages m on m.id = f.message_id left join parties h on h.id = m.party_id
    where f.id = ${id} and coalesce(p.case_id, h.case_id) is not null`
  return row
}

function opened(
  deps: Deps,
  {
    file,
    sealed,
  }: {
    file: FileRow | undefined
    sealed?: { data_key: Uint8Array | null; body: Uint8Array } | undefined
  },
): FileRead {
  if (file === undefined)
    throw new GatewayError(
      'file.unknown',
      'No case has a file of this id. The ids stand beside each source of a case.',
    )
  if (file.confidential)
    throw new GatewayError(
      'file.withheld',
      'The reporter asked for confidentiality (举报人保密), and a file can show who it was: it is not handed out.',
      { context: { file: file.id } },
    )
  if (file.state !== 'stored')
    throw new GatewayError('file.not-stored', notStored[file.state], {
      context: { file: file.id },
      extra: { state: file.state, ...(file.reason === null ? {} : { reason: file.reason }) },
    })
  if (sealed === undefined || sealed.data_key === null)
    throw new GatewayError('file.erased', 'The key of this file was destroyed. It cannot be read again.', {
      context: { file: file.id },
    })
  return {
    name: neutralName(file.position, file.media_type),
    mediaType: file.media_type ?? unknownBinary,
    sha256: file.sha256 ?? '',
    bytes: deps.envelope.open({ dataKey: sealed.data_key, body: sealed.body }),
  }
}

const notStored: { readonly [state in Exclude<FileState, 'stored'>]: string } = {
  waiting: 'The file stands at its source and is still to be fetched. Ask again later.',
  refused: 'The file was not taken; `reason` says why.',
  failed: 'The file could not be fetched within its tries; `reason` says why the last one failed.',
}

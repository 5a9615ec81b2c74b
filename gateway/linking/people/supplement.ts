/** New facts of later reports reach their case and, as an event, the dispatch. */
import type { CaseFact } from '../../../schemas/case.ts'
import type { Attachment } from '../../../schemas/primitives.ts'
import type { Tx } from '../../store/client.ts'
import type { ReportRow } from '../candidates.ts'
import { newFacts } from './facts.ts'
import type { HeldCase, LinkedReport } from './linked.ts'
import type { ownEvent } from './own-event.ts'

/** What one report added. */
export interface Supplement {
  readonly report: string
  /** Of a report that stood in the case already. */
  readonly version?: number
  readonly caseId: string
  readonly facts: readonly CaseFact[]
  readonly attachments: readonly Attachment[]
  readonly internalNote: string
}

const factWords: { readonly [fact in CaseFact]: string } = {
  photo: '照片',
  file: '附件',
  address: '地址',
  'house-number': '门牌号',
  point: '坐标',
  area: '所属区域',
  component: '部件',
  category: '分类',
}

/** Of a case's newest reports: files that it has already, by what they hold. Served by reports_case and files_report. */
export const filesOfCases = `
  select w.id as case_id, f.sha256 from unnest($1::uuid[]) as w(id)
  cross join lateral (select p.id from reports p where p.case_id = w.id and not p.id = any($2::uuid[]) order by p.received_at desc nulls last limit 200) p
  join files f on f.report_id = p.id where f.sha256 is not null`

/**
 * What the batch's reports add to the cases that they join. Changes the held cases, and writes those that changed. Reports
 * that open their case add nothing: it is made of them.
 */
export async function supplementCases(
  tx: Tx,
  batch: readonly LinkedReport[],
  held: ReadonlyMap<string, HeldCase>,
): Promise<Supplement[]> {
  const joining = batch.flatMap((linked): Supplementing[] =>
    linked.opens === undefined
      ? [{ row: linked.row, caseId: linked.caseId, elsewhere: isElsewhere(linked) }]
      : [],
  )
  return await supplement(tx, joining, held)
}

/** A report, or what is new in a version of one, and the case that it stands in. */
export interface Supplementing {
  readonly row: Pick<ReportRow, 'id' | 'working' | 'confidential'>
  readonly caseId: string
  /** It is about another place than the case. */
  readonly elsewhere: boolean
  readonly version?: number
}

/** The same for reports of any kind. */
export async function supplement(
  tx: Tx,
  joining: readonly Supplementing[],
  held: ReadonlyMap<string, HeldCase>,
): Promise<Supplement[]> {
  const stored = await storedFiles(tx, joining)
  const changed = new Set<HeldCase>()
  const made = joining.flatMap((linked): Supplement[] => {
    const known = held.get(linked.caseId)
    if (known === undefined) return []
    const attachments = newFiles(linked, stored)
    const found = newFacts(known, linked.row.working, { elsewhere: linked.elsewhere, attachments })
    if (found.facts.length === 0) return []
    if (found.location !== known.location || found.category !== known.category) changed.add(known)
    known.location = found.location
    known.category = found.category
    return [
      {
        report: linked.row.id,
        ...(linked.version === undefined ? {} : { version: linked.version }),
        caseId: linked.caseId,
        facts: found.facts,
        // A file can show who a confidential reporter 举报人保密 is: it stays with its source, withheld.
        attachments: linked.row.confidential ? [] : attachments,
        internalNote: `后来的诉求补充了：${found.facts.map((fact) => factWords[fact]).join('、')}。`,
      },
    ]
  })
  await writeFacts(tx, [...changed])
  return made
}

/** What its case is told, once for each report and version. */
export function supplementedEvent({
  report,
  version,
  facts,
  attachments,
  internalNote,
}: Supplement): Parameters<typeof ownEvent>[2] {
  return {
    type: 'supplemented',
    eventId: `supplemented:${report}${version === undefined ? '' : `:${version}`}`,
    content: {
      report,
      facts: [...facts],
      internalNote,
      ...(attachments.length === 0 ? {} : { attachments: [...attachments] }),
    },
  }
}

/** The comparison found another place, and something else outweighed it. */
function isElsewhere({ decision }: LinkedReport): boolean {
  const match = decision.matches.find(({ caseId }) => caseId === decision.caseId)
  return match?.parts.some(({ field, level }) => field === 'place' && level === 'conflicting') ?? false
}

/** Its files, without those that the case holds already. */
function newFiles({ row, caseId }: Supplementing, stored: Map<string, Set<string>>): Attachment[] {
  const known = stored.get(caseId) ?? new Set()
  stored.set(caseId, known)
  return (row.working.attachments ?? []).filter(({ id, sha256, state }) => {
    if (id === undefined || state === 'refused' || (sha256 !== undefined && known.has(sha256))) return false
    if (sha256 !== undefined) known.add(sha256)
    return true
  })
}

async function storedFiles(tx: Tx, joining: readonly Supplementing[]): Promise<Map<string, Set<string>>> {
  const withFiles = joining.filter(({ row }) => (row.working.attachments?.length ?? 0) > 0)
  if (withFiles.length === 0) return new Map()
  const rows = await tx.unsafe<{ case_id: string; sha256: string }[]>(filesOfCases, [
    [...new Set(withFiles.map(({ caseId }) => caseId))] as never,
    withFiles.map(({ row }) => row.id) as never,
  ])
  return new Map(
    [...Map.groupBy(rows, (row) => row.case_id)].map(([caseId, own]) => [
      caseId,
      new Set(own.map(({ sha256 }) => sha256)),
    ]),
  )
}

async function writeFacts(tx: Tx, cases: readonly HeldCase[]): Promise<void> {
  if (cases.length === 0) return
  const rows = cases.map(({ id, category, location }) => ({ id, category, location }))
  await tx`
    update cases c set category = r.category, location = r.location
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as r(id uuid, category text, location jsonb) where c.id = r.id`
}

/** Who to call about a case: apart from the case, each reading recorded. */
import type { Contact } from '../../schemas/case.ts'
import type { ReportContent } from '../../schemas/report.ts'
import type { Deps } from '../deps.ts'
import { caseIdOf } from './read-cases.ts'

interface BodyRow {
  readonly id: string
  readonly channel_id: string
  readonly confidential: boolean
  readonly data_key: Uint8Array | null
  readonly body: Uint8Array
}

/** Who to call about a case. One access is recorded for each report that was read; confidential reporters are withheld. */
export async function readContacts(deps: Deps, number: string, principal: string): Promise<Contact[]> {
  const id = await caseIdOf(deps, number)
  return await deps.db.transaction(async (tx) => {
    const rows = await tx<BodyRow[]>`
      select p.id, p.channel_id, p.confidential, v.data_key, v.body from reports p join report_versions v on v.report_id = p.id and v.version = p.version
      where p.case_id = ${id} order by p.submitted_at, p.id`
    for (const row of rows) {
      const subject = row.confidential ? 'contact-withheld' : 'contact'
      await tx`insert into accesses (id, principal, subject, case_id, report_id, at) values (${deps.newId()}, ${principal}, ${subject}, ${id}, ${row.id}, ${deps.now()})`
    }
    return rows.map((row): Contact => {
      if (row.confidential)
        return { report: row.id, channel: row.channel_id, withheld: true, reason: '举报人保密' }
      const { reporter } = JSON.parse(
        deps.envelope.open({ dataKey: row.data_key, body: row.body }).toString('utf8'),
      ) as ReportContent
      return {
        report: row.id,
        channel: row.channel_id,
        withheld: false,
        ...(reporter?.name === undefined ? {} : { name: reporter.name }),
        ...(reporter?.phone === undefined ? {} : { phone: reporter.phone }),
        ...(reporter?.email === undefined ? {} : { email: reporter.email }),
      }
    })
  })
}

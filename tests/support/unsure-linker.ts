/** A linker that asks a clerk about whatever it would join. */
import { shippedModel } from '../../gateway/linking/model/link-model.ts'
import type { ScoringTable } from '../../gateway/linking/model/scoring-table.ts'
import { putToUse, storeLinkModel } from '../../gateway/linking/model/stored-models.ts'
import type { House } from './house.ts'

const unsure = (table: ScoringTable): ScoringTable => ({
  ...table,
  thresholds: { link: 1 - 2 ** -50, review: 1e-6 },
})

/** From the next report on. */
export async function useUnsureLinker({ gateway: { deps } }: House): Promise<void> {
  const { told, located } = shippedModel()
  const model = {
    version: 'unsure',
    tables: { told: unsure(told), located: unsure(located), from: { told, located } },
    figures: {},
    author: 'clerk:C-07',
    note: '',
    at: deps.now(),
  }
  await deps.db.transaction(async (tx) => await storeLinkModel(tx, model))
  await putToUse(deps, { version: model.version, by: 'clerk:C-07' })
}

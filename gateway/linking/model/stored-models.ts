/** Stored linking models: which there are, which is in use, and going from one to another. */
import type { Deps } from '../../deps.ts'
import type { Sql, Tx } from '../../store/client.ts'
import { GatewayError } from '../../telemetry/errors.ts'
import { shippedModel, shippedName, trainedModel, type LinkModel, type TrainedTables } from './link-model.ts'

/** A stored model without its tables. The shipped one stands among them once it was used again. */
export interface StoredLinkModel {
  readonly version: string
  readonly trainedAt: Date
  readonly author: string
  readonly note: string
  readonly figures: { readonly [name: string]: unknown }
  readonly usedFrom: Date | null
  readonly inUse: boolean
}

const usedVersion = `select version from link_models where used_from is not null order by used_from desc, version desc limit 1`

/** Newest first; the shipped model is named last where it was never stored. */
export async function listLinkModels({ db }: Pick<Deps, 'db'>): Promise<StoredLinkModel[]> {
  const used = await usedLinkVersion(db.sql)
  const rows = await db.once(
    async (sql) =>
      await sql<Omit<StoredLinkModel, 'inUse'>[]>`
      select version, trained_at as "trainedAt", author, note, figures, used_from as "usedFrom" from link_models
      where version <> ${shippedName} order by trained_at desc, version desc`,
  )
  const [shipped] = await db.sql<{ used_from: Date | null }[]>`
    select used_from from link_models where version = ${shippedName}`
  return [
    ...rows.map((row) => ({ ...row, inUse: row.version === used })),
    {
      version: shippedModel().version,
      trainedAt: new Date(0),
      author: shippedName,
      note: '',
      figures: {},
      usedFrom: shipped?.used_from ?? null,
      inUse: used === shippedName,
    },
  ]
}

/** The version that is in use, `shipped` where none was ever chosen. */
export async function usedLinkVersion(sql: Sql | Tx): Promise<string> {
  const [row] = await sql.unsafe<{ version: string }[]>(usedVersion)
  return row?.version ?? shippedName
}

/** A model by its version; `shipped`, or any version of the shipped one, is that of this release. Throws `link.model-unknown`, `link.model`. */
export async function readLinkModel(sql: Sql | Tx, version: string): Promise<LinkModel> {
  if (isShipped(version)) return shippedModel()
  const [row] = await sql<{ parameters: unknown }[]>`
    select parameters from link_models where version = ${version}`
  if (row === undefined)
    throw new GatewayError(
      'link.model-unknown',
      `There is no linking model "${version}". \`guiyi link models\` lists them.`,
    )
  return trainedModel(version, row.parameters)
}

/** The model in use. Throws `link.model` where it cannot be read. */
export async function usedLinkModel(sql: Sql | Tx): Promise<LinkModel> {
  return await readLinkModel(sql, await usedLinkVersion(sql))
}

const isShipped = (version: string): boolean =>
  version === shippedName || version.startsWith(`${shippedName}-`)

/** Stores a trained model. It is not used before somebody says so. */
export async function storeLinkModel(
  tx: Tx,
  model: {
    readonly version: string
    readonly tables: TrainedTables
    readonly figures: { readonly [name: string]: unknown }
    readonly author: string
    readonly note: string
    readonly at: Date
  },
): Promise<void> {
  await tx`
    insert into link_models (version, parameters, figures, author, note, trained_at)
    values (${model.version}, ${JSON.stringify(model.tables)}::text::jsonb, ${JSON.stringify(model.figures)}::text::jsonb, ${model.author}, ${model.note}, ${model.at})`
}

/**
 * From the next batch on every gateway links with this model; an earlier one or `shipped` is as good as a new one. Answers its version. Throws
 * `link.model-unknown`, `link.model`.
 */
export async function putToUse(
  { db, now, signals }: Pick<Deps, 'db' | 'now' | 'signals'>,
  { version, by }: { version: string; by: string },
): Promise<string> {
  const model = await readLinkModel(db.sql, version)
  const stored = isShipped(version) ? shippedName : version
  const use = JSON.stringify([{ at: now(), by }])
  await db.transaction(async (tx) => {
    if (stored === shippedName)
      await tx`
        insert into link_models (version, parameters, figures, author, note, trained_at)
        values (${stored}, '{}', '{}', ${by}, 'the model of the release', ${now()}) on conflict (version) do nothing`
    // Later than any other use, whatever the clocks of two gateways say.
    await tx`
      update link_models set figures = jsonb_set(figures, '{uses}', coalesce(figures->'uses', '[]') || ${use}::text::jsonb),
        used_from = greatest(${now()}, (select max(used_from) from link_models) + interval '1 millisecond')
      where version = ${stored}`
  })
  signals.wake('link-model')
  return model.version
}

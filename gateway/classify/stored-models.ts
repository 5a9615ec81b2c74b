import type { Deps } from '../deps.ts'
import type { Database, Tx } from '../store/client.ts'
import { GatewayError } from '../telemetry/errors.ts'
import type { ClassifiedText } from './features.ts'
import { classifierOf, type Proposal } from './model.ts'
import { packModel, unpackModel } from './model-bytes.ts'
import type { Trained } from './train.ts'

/** Older ones go when another is stored. */
const keptModels = 10

/** A stored model without its body. */
export interface StoredModel {
  readonly id: string
  readonly trainedAt: Date
  /** What it learned from: `reports, level 1`, or a file's name. */
  readonly source: string
  readonly examples: number
  readonly macroF1: number | null
  readonly bytes: number
  /** The newest: the one that proposes. */
  readonly inUse: boolean
}

/** Newest first, whatever the clocks of two gateways say of the same millisecond. */
export async function listModels({ db }: Pick<Deps, 'db'>): Promise<StoredModel[]> {
  return await db.once(
    async (sql) =>
      await sql<StoredModel[]>`
      select id, trained_at as "trainedAt", source, examples, macro_f1 as "macroF1", length(body) as bytes,
        row_number() over (order by trained_at desc, id desc) = 1 as "inUse"
      from category_models order by trained_at desc, id desc`,
  )
}

/** Stores a model, which is in use from then on, and drops all but the ten newest. Answers its id. */
export async function storeModel(
  { db, now, newId }: Pick<Deps, 'db' | 'now' | 'newId'>,
  { model, check }: Trained,
  { source, examples }: { source: string; examples: number },
): Promise<string> {
  const id = newId()
  const body = packModel(model)
  const store = async (tx: Tx) => {
    await tx`
      insert into category_models (id, trained_at, source, examples, macro_f1, body)
      values (${id}, ${now()}, ${source}, ${examples}, ${check.macroF1}, ${body})`
    await tx`
      delete from category_models where id in
        (select id from category_models order by trained_at desc, id desc offset ${keptModels})`
  }
  await db.transaction(store)
  return id
}

type Classifier = (text: ClassifiedText) => Proposal[]

/** The last classifier that was read from each database. */
const read = new WeakMap<Database, { readonly id: string; readonly classify: Classifier }>()

/** The newest model's classifier, kept in memory until another is stored. Throws `category.untrained`, `category.model`. */
export async function newestClassifier({ db }: Pick<Deps, 'db'>): Promise<Classifier> {
  const [newest] = await db.once(
    async (sql) =>
      await sql<{ id: string }[]>`
      select id from category_models order by trained_at desc, id desc limit 1`,
  )
  if (newest === undefined)
    throw new GatewayError(
      'category.untrained',
      'No classifier has been trained yet, so no category can be proposed. Run `guiyi category train`.',
    )
  const known = read.get(db)
  if (known?.id === newest.id) return known.classify
  const classify = await readClassifier(db, newest.id)
  read.set(db, { id: newest.id, classify })
  return classify
}

async function readClassifier(db: Database, id: string): Promise<Classifier> {
  const [row] = await db.once(
    async (sql) => await sql<{ body: Uint8Array }[]>`select body from category_models where id = ${id}`,
  )
  try {
    return classifierOf(unpackModel(row?.body ?? new Uint8Array()))
  } catch (cause) {
    throw new GatewayError(
      'category.model',
      `The newest category model (${id}) cannot be read, so no category can be proposed. Train another: \`guiyi category train\`.`,
      { context: {}, cause },
    )
  }
}

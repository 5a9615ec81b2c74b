import Type from 'typebox'
import { Code, TimeLimit } from '../../schemas/primitives.ts'

/** Reference data of `mappings/codes/`: each file is dated and replaced as a whole. */
const Version = Type.String({
  pattern: String.raw`^\d{4}-\d{2}-\d{2}$`,
  description: 'Date from which this edition holds',
})
const Name = { zh: Type.String({ minLength: 1 }), en: Type.Optional(Type.String({ minLength: 1 })) }
/** Other names that sources write: matched as they stand, but for spaces and full-width signs. */
const Aliases = {
  aliases: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: 100 })),
}
const closed = { additionalProperties: false }

const LeafFile = Type.Object(
  {
    code: Code,
    ...Name,
    ...Aliases,
    unit: Code,
    limit: TimeLimit,
    urgent: Type.Optional(Type.Boolean()),
    basis: Type.Optional(Type.String()),
  },
  closed,
)
const GroupFile = Type.Object(
  { code: Code, ...Name, children: Type.Array(LeafFile, { minItems: 1 }) },
  closed,
)
export const CategoriesFile = Type.Object(
  {
    version: Version,
    categories: Type.Array(
      Type.Object({ code: Code, ...Name, children: Type.Array(GroupFile, { minItems: 1 }) }, closed),
    ),
  },
  closed,
)
export const UnitsFile = Type.Object(
  {
    version: Version,
    units: Type.Array(Type.Object({ code: Code, ...Name, ...Aliases }, closed)),
  },
  closed,
)
const CommunityFile = Type.Object({ code: Code, ...Name, ...Aliases }, closed)
const StreetFile = Type.Object(
  { code: Code, ...Name, ...Aliases, unit: Type.Optional(Code), communities: Type.Array(CommunityFile) },
  closed,
)
export const AreasFile = Type.Object(
  {
    version: Version,
    shapes: Type.Optional(
      Type.String({
        pattern: String.raw`^[\w-]+\.geojson$`,
        description:
          'A GeoJSON file beside this one: where the areas lie, CGCS2000, each feature with the `code` of its area',
      }),
    ),
    district: Type.Object({ code: Code, ...Name }, closed),
    streets: Type.Array(StreetFile),
  },
  closed,
)
export const Wording = Type.Object(
  {
    node: Type.Optional(
      Type.String({ description: 'Progress node it reaches; missing: it is not shown to citizens' }),
    ),
    title: Type.String({ minLength: 1 }),
    text: Type.String({ minLength: 1, description: 'Public wording where the event has no public text' }),
  },
  closed,
)
export const ProgressFile = Type.Object(
  {
    version: Version,
    nodes: Type.Array(Type.Object({ node: Code, ...Name }, closed), { minItems: 5, maxItems: 13 }),
    events: Type.Record(Type.String(), Wording),
  },
  closed,
)

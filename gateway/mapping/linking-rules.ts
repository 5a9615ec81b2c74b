/** The district's rules for linking: `mappings/codes/linking.yaml`. */
import Type, { type Static } from 'typebox'

const closed = { additionalProperties: false }
const Count = (maximum: number) => Type.Integer({ minimum: 1, maximum })
const Level = Type.Integer({ minimum: 1, maximum: 3, description: '督办级别' })
const Chance = Type.Number({ exclusiveMinimum: 0, maximum: 0.1 })
const Times = Type.Number({ minimum: 1, maximum: 100 })

const escalations = Type.Object(
  {
    person: Type.Array(Type.Object({ reports: Count(1000), withinDays: Count(3660), level: Level }, closed), {
      maxItems: 10,
    }),
    people: Type.Array(Type.Object({ people: Count(100_000), level: Level }, closed), { maxItems: 10 }),
    reports: Type.Array(Type.Object({ reports: Count(100_000), level: Level }, closed), { maxItems: 10 }),
  },
  closed,
)

/** Every part may be missing; what is missing is as in `usualLinkingRules`. */
export const LinkingFile = Type.Object(
  {
    version: Type.String({ pattern: String.raw`^\d{4}-\d{2}-\d{2}$` }),
    escalations: Type.Optional(escalations),
    reopenWithinDays: Type.Optional(Type.Integer({ minimum: 0, maximum: 3660, description: '0: never' })),
    umbrella: Type.Optional(
      Type.Object(
        {
          reports: Type.Integer({ minimum: 2, maximum: 10_000 }),
          people: Count(10_000),
          withinMinutes: Count(1440),
          hours: Count(24 * 14),
        },
        closed,
      ),
    ),
    topics: Type.Optional(
      Type.Object(
        {
          trend: Type.Object({ chance: Chance, leastReports: Count(10_000), leastTimes: Times }, closed),
          people: Type.Object({ chance: Chance, leastPeople: Count(10_000), leastTimes: Times }, closed),
          channels: Type.Object({ chance: Chance, leastChannels: Count(1000), leastTimes: Times }, closed),
        },
        closed,
      ),
    ),
  },
  closed,
)
type LinkingFile = Static<typeof LinkingFile>

export type LinkingRules = Required<Omit<LinkingFile, 'version'>>

/** Where the file, or a part of it, is missing. */
const usualLinkingRules: LinkingRules = {
  escalations: {
    person: [{ reports: 3, withinDays: 30, level: 1 }],
    people: [{ people: 5, level: 1 }],
    reports: [{ reports: 10, level: 1 }],
  },
  reopenWithinDays: 15,
  umbrella: { reports: 24, people: 12, withinMinutes: 60, hours: 6 },
  topics: {
    trend: { chance: 0.0001, leastReports: 6, leastTimes: 2 },
    people: { chance: 0.0001, leastPeople: 5, leastTimes: 2 },
    channels: { chance: 0.0005, leastChannels: 3, leastTimes: 2 },
  },
}

/** The rules of a file, or the usual ones. */
export function linkingRulesOf(file: LinkingFile | undefined): LinkingRules {
  if (file === undefined) return usualLinkingRules
  const { version: _, ...rules } = file
  return { ...usualLinkingRules, ...rules }
}

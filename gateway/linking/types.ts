import type { Reference } from '../../schemas/primitives.ts'
import type { ReportContent, ReportKind } from '../../schemas/report.ts'
import type { LocatedField } from './located/levels.ts'
import type { Facts } from './reading/facts.ts'
import type { TellingGrams } from './told/telling-grams.ts'
import type { Words } from './told/words.ts'

export type Location = NonNullable<ReportContent['location']>

/** What linking may know of a report: working text, and persons as keyed hashes only. */
export interface LinkableReport {
  id: string
  channelId: string
  externalId: string
  kind: ReportKind
  title?: string
  /** Working text: phones and identity numbers are lifted out. */
  text: string
  /** Canonical category code. */
  category?: string
  submittedAt: Date
  receivedAt: Date
  location?: Location
  /** Numbers of all systems, the channel's own one among them. */
  references: readonly Reference[]
  /** Person keys: kind, colon, keyed hash. */
  personKeys: readonly string[]
}

export type LinkKeyKind = 'reference' | 'person' | 'place' | 'text' | 'component'

/** Something two reports of one matter are likely to share; found by equality, with an index. */
export interface LinkKey {
  kind: LinkKeyKind
  key: string
}

export type LinkDecision = 'link' | 'review' | 'new'

/** A case whose keys met those of a report. A closed case is a candidate too: its chain can get a successor. */
export interface Candidate {
  caseId: string
  open: boolean
  /** Those whose keys met, and others of the case; oldest first: the last thirty are compared. */
  reports: readonly Features[]
}

/** One reason: the level a field reached and its weight in bits. `detail` is for clerks and names no person. */
export interface MatchPart {
  /** `umbrella`: it was not compared, an open umbrella's rule took it. */
  field: MatchField | 'umbrella'
  level: string
  weight: number
  detail: string
}

export type MatchField =
  | 'reference'
  | 'person'
  | 'component'
  | 'distance'
  | 'place'
  | 'title'
  | 'text'
  | 'category'
  | 'time'
  | 'case'
  | 'others'
  | ToldField
  | LocatedField

/** Fields of two reports that tell enough in words; see told/compare-told.ts. */
export type ToldField =
  | 'writer'
  | 'site'
  | 'area'
  | 'gap'
  | 'again'
  | 'names'
  | 'texts'
  | 'covered'
  | 'own'
  | 'leastOwn'
  | 'titles'
  | 'words'
  | 'common'
  | 'topic'
  | 'across'
  | 'matterHere'

export interface Match {
  caseId: string
  /** The case's report that came nearest. */
  reportId: string
  decision: LinkDecision
  /** Sum of the parts, in bits, before the prior. */
  score: number
  probability: number
  parts: MatchPart[]
}

export interface Decision {
  decision: LinkDecision
  /** The case to link to, or the first one to review; absent for `new`. */
  caseId?: string
  probability: number
  /** Best first, at most five. */
  matches: Match[]
}

/** Character bigrams with weights of length one; `grams` ascending, so that two vectors are compared by merging. */
export interface Vector {
  grams: Uint32Array
  weights: Float32Array
}

/** Names of places that a text mentions, by what they can tell apart. */
export interface Places {
  /** A市: as written in texts whose publisher replaced names by letters. */
  cities: readonly string[]
  /** A3区, 南山区: contain the others. */
  districts: readonly string[]
  /** 街道, 镇, 乡. */
  streets: readonly string[]
  roads: readonly string[]
  /** Compounds, schools, buildings, villages, parks: without their general ending (小区, 社区). */
  sites: readonly string[]
  /** Classes, routes and lines: 1813班, 603路. */
  numbers: readonly string[]
}

/** Everything that comparing needs of a report, computed once. */
export interface Features {
  readonly report: LinkableReport
  /** Title and beginning of the text without blanks and punctuation, to look names up in. */
  readonly words: string
  readonly title: Vector
  readonly text: Vector
  /** Places the report is about: of its title and address; of its first words where those name none. */
  readonly focus: Places
  /** All places it mentions. */
  readonly places: Places
  /** Names, words and topic of title and text, for reports that tell enough. */
  readonly said: Words
  /** Figures of title and text. */
  readonly facts: Facts
  readonly titleYears: readonly string[]
  readonly tellingGrams: TellingGrams
  readonly references: readonly { key: string; related: boolean }[]
  readonly submittedAtMs: number
}

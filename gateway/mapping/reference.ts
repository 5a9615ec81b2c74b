import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { ValidateFunction } from 'ajv'
import type { Static } from 'typebox'
import type { CaseEventType } from '../../schemas/case.ts'
import type { TimeLimit } from '../../schemas/primitives.ts'
import { shapesBeside, shapesOf, type AreaShape, type ShapesDocument } from './area-shapes.ts'
import {
  FaultList,
  MappingDefinitionError,
  pointerTo,
  suggestion,
  type DefinitionFault,
} from './definition-error.ts'
import { folded } from './fold.ts'
import { LinkingFile, linkingRulesOf, type LinkingRules } from './linking-rules.ts'
import { AreasFile, CategoriesFile, ProgressFile, UnitsFile, type Wording } from './reference-files.ts'
import { EVENT_TYPES } from './reverse-scope.ts'
import { compileValidator, explainErrors } from './validation.ts'
import { readYaml, type YamlDocument } from './yaml-file.ts'

/** A category of any level; only leaves have unit and time limit. */
export interface Category {
  readonly code: string
  readonly level: 1 | 2 | 3
  readonly parent: string | undefined
  readonly zh: string
  readonly en: string | undefined
  readonly unit: string | undefined
  readonly limit: TimeLimit | undefined
  readonly urgent: boolean
  readonly aliases: readonly string[]
}

export interface Unit {
  readonly code: string
  readonly zh: string
  readonly en: string | undefined
  readonly aliases: readonly string[]
}

export interface Area {
  readonly code: string
  readonly level: 'district' | 'street' | 'community'
  readonly parent: string | undefined
  readonly zh: string
  readonly en: string | undefined
  readonly aliases: readonly string[]
}

export type ProgressWording = Static<typeof Wording>

export interface ReferenceCodes {
  readonly versions: {
    readonly categories: string
    readonly units: string
    readonly areas: string
    readonly progress: string
  }
  readonly categories: ReadonlyMap<string, Category>
  readonly units: ReadonlyMap<string, Unit>
  /** By name and by alias. */
  readonly unitsByName: ReadonlyMap<string, Unit>
  readonly areas: ReadonlyMap<string, Area>
  /** Where areas lie, as far as `areas.yaml` names a file of shapes. */
  readonly areaShapes: readonly AreaShape[]
  readonly linking: LinkingRules
  readonly progress: {
    readonly nodes: readonly { readonly node: string; readonly zh: string; readonly en?: string }[]
    readonly events: ReadonlyMap<CaseEventType, ProgressWording>
  }
}

/**
 * Reads `categories.yaml`, `units.yaml`, `areas.yaml` with its shapes and `progress.yaml`, and `linking.yaml` where it is there. Throws
 * MappingDefinitionError with the faults of all.
 */
export async function loadReferenceCodes(directory: string): Promise<ReferenceCodes> {
  const [categories, units, areas, progress] = await Promise.all(
    ['categories', 'units', 'areas', 'progress'].map((name) => readYaml(join(directory, `${name}.yaml`))),
  )
  if (categories === undefined || units === undefined || areas === undefined || progress === undefined)
    throw new MappingDefinitionError([])
  const rules = join(directory, 'linking.yaml')
  const linking = existsSync(rules) ? { linking: await readYaml(rules) } : {}
  const shapes = await shapesBeside(areas.value, directory)
  return buildReferenceCodes({ categories, units, areas, progress, ...linking, ...shapes })
}

export interface ReferenceDocuments {
  readonly categories: YamlDocument
  readonly units: YamlDocument
  readonly areas: YamlDocument
  readonly progress: YamlDocument
  /** Missing: the usual rules. */
  readonly linking?: YamlDocument
  /** Missing: nothing is known of where areas lie. */
  readonly shapes?: ShapesDocument
}

export function buildReferenceCodes(documents: ReferenceDocuments): ReferenceCodes {
  const faults: DefinitionFault[] = []
  const unitsFile = checked(compileValidator<Static<typeof UnitsFile>>(UnitsFile), documents.units, faults)
  const categoriesFile = checked(
    compileValidator<Static<typeof CategoriesFile>>(CategoriesFile),
    documents.categories,
    faults,
  )
  const areasFile = checked(compileValidator<Static<typeof AreasFile>>(AreasFile), documents.areas, faults)
  const progressFile = checked(
    compileValidator<Static<typeof ProgressFile>>(ProgressFile),
    documents.progress,
    faults,
  )
  const linkingFile =
    documents.linking === undefined
      ? undefined
      : checked(compileValidator<Static<typeof LinkingFile>>(LinkingFile), documents.linking, faults)
  if (
    unitsFile === undefined ||
    categoriesFile === undefined ||
    areasFile === undefined ||
    progressFile === undefined
  )
    throw new MappingDefinitionError(faults)
  const units = unitsOf(unitsFile, documents.units, faults)
  const categories = categoriesOf(categoriesFile, units, documents.categories, faults)
  const areas = areasOf(areasFile, documents.areas, faults)
  const areaShapes =
    documents.shapes === undefined ? [] : shapesOf(documents.shapes, (code) => areas.has(code), faults)
  const events = eventsOf(progressFile, documents.progress, faults)
  if (faults.length > 0) throw new MappingDefinitionError(faults)
  return {
    versions: {
      categories: categoriesFile.version,
      units: unitsFile.version,
      areas: areasFile.version,
      progress: progressFile.version,
    },
    categories,
    units,
    unitsByName: new Map(
      [...units.values()].flatMap((unit) => [unit.zh, ...unit.aliases].map((name) => [name, unit] as const)),
    ),
    areas,
    areaShapes,
    linking: linkingRulesOf(linkingFile),
    progress: { nodes: progressFile.nodes, events },
  }
}

function checked<T>(
  validate: ValidateFunction<T>,
  { value, place }: YamlDocument,
  faults: DefinitionFault[],
): T | undefined {
  if (validate(value)) return value
  const list = new FaultList(place)
  for (const { pointer, detail } of explainErrors(validate.errors ?? [])) list.add(pointer, detail)
  faults.push(...list.faults)
  return undefined
}

/** A map by code that names every code given twice. */
function byCode<T extends { readonly code: string }>(
  items: readonly T[],
  { place }: YamlDocument,
  faults: DefinitionFault[],
): Map<string, T> {
  const map = new Map<string, T>()
  for (const item of items) {
    if (map.has(item.code))
      faults.push({
        file: place.file,
        path: '',
        detail: `The code "${item.code}" is given twice. Codes are unique over all levels.`,
      })
    map.set(item.code, item)
  }
  return map
}

function unitsOf(
  file: Static<typeof UnitsFile>,
  document: YamlDocument,
  faults: DefinitionFault[],
): Map<string, Unit> {
  const units = file.units.map(({ code, zh, en, aliases }) => ({ code, zh, en, aliases: aliases ?? [] }))
  checkAliases(units, document, faults)
  return byCode<Unit>(units, document, faults)
}

/** An alias stands for one code: the same one elsewhere would match the wrong unit, area or category. */
function checkAliases(
  items: readonly { readonly code: string; readonly zh: string; readonly aliases: readonly string[] }[],
  { place }: YamlDocument,
  faults: DefinitionFault[],
): void {
  const owners = new Map<string, string>()
  for (const { code, aliases } of items)
    for (const alias of new Set(aliases.map(folded))) {
      const owner =
        owners.get(alias) ?? items.find((one) => one.code !== code && folded(one.zh) === alias)?.code
      if (owner !== undefined && owner !== code)
        faults.push({
          file: place.file,
          path: '',
          detail: `The alias "${alias}" of ${code} is a name of ${owner}, too. Let it stand in one place.`,
        })
      owners.set(alias, code)
    }
}

function categoriesOf(
  file: Static<typeof CategoriesFile>,
  units: ReadonlyMap<string, Unit>,
  document: YamlDocument,
  faults: DefinitionFault[],
): Map<string, Category> {
  const categories: Category[] = []
  const none = { unit: undefined, limit: undefined, urgent: false, aliases: [] }
  for (const [i, top] of file.categories.entries()) {
    categories.push({ code: top.code, level: 1, parent: undefined, zh: top.zh, en: top.en, ...none })
    for (const [j, group] of top.children.entries()) {
      categories.push({ code: group.code, level: 2, parent: top.code, zh: group.zh, en: group.en, ...none })
      for (const [k, leaf] of group.children.entries()) {
        categories.push({
          code: leaf.code,
          level: 3,
          parent: group.code,
          zh: leaf.zh,
          en: leaf.en,
          unit: leaf.unit,
          limit: leaf.limit,
          urgent: leaf.urgent ?? false,
          aliases: leaf.aliases ?? [],
        })
        if (units.has(leaf.unit)) continue
        const list = new FaultList(document.place)
        list.add(
          `/categories/${i}/children/${j}/children/${k}/unit`,
          `There is no unit "${leaf.unit}" in units.yaml.${suggestion(leaf.unit, units.keys())}`,
        )
        faults.push(...list.faults)
      }
    }
  }
  checkAliases(categories, document, faults)
  return byCode(categories, document, faults)
}

function areasOf(
  file: Static<typeof AreasFile>,
  document: YamlDocument,
  faults: DefinitionFault[],
): Map<string, Area> {
  const areas: Area[] = [
    { ...file.district, en: file.district.en, level: 'district', parent: undefined, aliases: [] },
  ]
  for (const { code, zh, en, aliases = [], communities } of file.streets) {
    areas.push({ code, zh, en, aliases, level: 'street', parent: file.district.code })
    for (const community of communities)
      areas.push({
        ...community,
        en: community.en,
        aliases: community.aliases ?? [],
        level: 'community',
        parent: code,
      })
  }
  checkAliases(areas, document, faults)
  return byCode(areas, document, faults)
}

function eventsOf(
  file: Static<typeof ProgressFile>,
  { place }: YamlDocument,
  faults: DefinitionFault[],
): Map<CaseEventType, ProgressWording> {
  const list = new FaultList(place)
  const nodes = file.nodes.map(({ node }) => node)
  const events = new Map<CaseEventType, ProgressWording>()
  for (const [type, wording] of Object.entries(file.events)) {
    const at = pointerTo('/events', type)
    if (!isEventType(type)) list.add(at, `"${type}" is no case event.${suggestion(type, EVENT_TYPES)}`)
    else events.set(type, wording)
    if (wording.node !== undefined && !nodes.includes(wording.node))
      list.add(
        pointerTo(at, 'node'),
        `There is no progress node "${wording.node}".${suggestion(wording.node, nodes)}`,
      )
  }
  for (const type of EVENT_TYPES)
    if (!Object.hasOwn(file.events, type))
      list.add('/events', `The case event ${type} has no wording. Add it.`)
  faults.push(...list.faults)
  return events
}

const isEventType = (type: string): type is CaseEventType => EVENT_TYPES.includes(type)

/** What the public reads of an event: its own public text, else the wording of its type. */
export function progressTextOf(
  codes: ReferenceCodes,
  event: {
    readonly type: CaseEventType
    readonly content: { readonly publicText?: string; readonly answer?: string }
  },
): string {
  const own = event.content.publicText ?? event.content.answer
  return own === undefined || own.trim() === '' ? (codes.progress.events.get(event.type)?.text ?? '') : own
}

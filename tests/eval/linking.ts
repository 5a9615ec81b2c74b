/**
 * How well reports of one matter are found.
 *
 *   npm run eval -- --set text|311 --data DIR [--out FILE] [--clerk] [--frontier FILE]
 *
 * text: DIR/complaints/messages.jsonl against DIR/duplicates; 311: DIR/boston311/requests.csv.gz against the pairs beside it. All go through the real
 * intake and linking, on a database of their own, oldest first. --out FILE gets one decision a line: `{"id", "case", "review"}`. --clerk lets a
 * clerk who knows the gold answer at the desk, so that the figures are those of machine and clerk together. --frontier runs the set with other thresholds and without each comparison, and writes the figures; --set picture draws two such files. The last line is one JSON object.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { performance } from 'node:perf_hooks'
import type { Deps } from '../../gateway/deps.ts'
import { shippedModel } from '../../gateway/linking/model/link-model.ts'
import { answerAll, mattersOf, noAnswers } from './linking/clerk.ts'
import { qualityPicture, type FrontierPoint, type Worth } from './linking/draw.ts'
import { DataError, linkingSets, readJsonLines } from './linking/entries.ts'
import { frontierOf, worthsOf } from './linking/frontier.ts'
import { linkEntries } from './linking/run.ts'
import {
  scoreClusters,
  scorePairs,
  type GoldCluster,
  type GoldPair,
  type LinkDecision,
  type Scores,
} from './linking/scores.ts'

interface Options {
  readonly out?: string | undefined
  readonly frontier?: string | undefined
  /** Whether a clerk who knows the gold answers what waits, while the reports come in. */
  readonly clerk?: boolean | undefined
}

const from = process.env['GUIYI_CWD'] ?? '.'

/** Exit code: 0 when measured, 2 where the data cannot be read. */
export async function evalLinking(set: string, data: string, options: Options): Promise<number> {
  const chosen = linkingSets[set]
  if (chosen === undefined) throw new Error(`There is no set "${set}".`)
  try {
    const entries = chosen.entries(resolve(from, data))
    const gold = goldOf(join(resolve(from, data), chosen.gold))
    const score = scorerOf(gold)
    const answers = noAnswers()
    const matterOf = mattersOf(gold)
    const clerk =
      options.clerk === true ? async (deps: Deps) => answerAll(deps, matterOf, answers) : undefined
    const startedAt = performance.now()
    const decisions = await linkEntries(entries, { clerk, progress: (line) => console.error(line) })
    const seconds = (performance.now() - startedAt) / 1000
    if (options.out !== undefined)
      writeFileSync(resolve(from, options.out), decisions.map((one) => `${JSON.stringify(one)}\n`).join(''))
    const scores = score(decisions)
    for (const [figure, value] of Object.entries(scores))
      console.log(`${figure.padEnd(28)}${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    console.log(`${entries.length} reports through intake and linking in ${seconds.toFixed(0)} s`)
    if (clerk !== undefined)
      console.log(
        `a clerk was asked about ${answers.reports.size} reports: ${answers.same} times one matter, ${answers.different} times not`,
      )
    if (options.frontier !== undefined) {
      const measured = { ...chosen, entries, score, model: shippedModel() }
      const frontier = await frontierOf(measured)
      const worths = await worthsOf(measured, Number(scores[chosen.recall] ?? 0))
      writeFileSync(
        resolve(from, options.frontier),
        `${JSON.stringify({ set, frontier, worths }, null, 1)}\n`,
      )
    }
    console.log(JSON.stringify(scores))
    return 0
  } catch (error) {
    if (!(error instanceof DataError)) throw error
    console.error(error.message)
    return 2
  }
}

interface Gold {
  readonly pairs: readonly GoldPair[]
  /** Missing where a set has pairs alone. */
  readonly clusters?: readonly GoldCluster[]
}

/** Reads the gold before anything runs. Throws DataError. */
function goldOf(folder: string): Gold {
  const path = join(folder, 'clusters.jsonl')
  return {
    pairs: readJsonLines<GoldPair>(join(folder, 'pairs.jsonl')),
    ...(existsSync(path) && { clusters: readJsonLines<GoldCluster>(path) }),
  }
}

function scorerOf({ pairs, clusters }: Gold): (decisions: readonly LinkDecision[]) => Scores {
  return (decisions) =>
    clusters === undefined ? scorePairs(decisions, pairs) : scoreClusters(decisions, { pairs, clusters })
}

/** Draws what `--frontier` wrote: DIR holds text.json and 311.json. */
export async function drawQuality(data: string, { out }: Options): Promise<number> {
  const files = ['text', '311'].map((set) => join(resolve(from, data), `${set}.json`))
  const missing = files.find((file) => !existsSync(file))
  if (missing !== undefined || out === undefined) {
    console.error(missing === undefined ? 'Say with --out which file to write.' : `There is no ${missing}.`)
    return 2
  }
  writeFileSync(resolve(from, out), drawFrontiers(files))
  return 0
}

function drawFrontiers(files: readonly string[]): string {
  const read = files.map((file) => {
    const { set, frontier, worths } = JSON.parse(readFileSync(file, 'utf8')) as {
      set: string
      frontier: FrontierPoint[]
      worths: Worth[]
    }
    const words = linkingSets[set]
    if (words === undefined) throw new Error(`${file} is about a set "${set}" that there is not.`)
    return { words, frontier, worths }
  })
  return qualityPicture({
    measuredOn: new Date().toISOString().slice(0, 10),
    frontiers: read.map(({ words: { zh, en, goal }, frontier }) => ({ zh, en, goal, points: frontier })),
    worths: read.flatMap(({ words: { recall }, worths }) =>
      worths.length === 0
        ? []
        : {
            zh: '去掉一项比较，查全率少多少（百分点）',
            en: `percentage points of ${recall} lost without each`,
            fields: worths,
          },
    ),
  })
}

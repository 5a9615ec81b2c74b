/** How `guiyi link` shows trainings, figures and explanations. */
import type { AnswerFigures } from '../linking/model/answer-figures.ts'
import type { Evaluation } from '../linking/model/evaluate.ts'
import type { ExplainedCase, Explanation } from '../linking/model/explain.ts'
import type { LinkTraining } from '../linking/model/train.ts'
import { bitsInWords, fieldInWords, sentenceOf, type Language } from '../linking/model/words.ts'
import { printTable, shown } from './open.ts'

const percent = (share: number | undefined): string =>
  share === undefined ? '' : `${(100 * share).toFixed(1)} %`

/** What was learned from, which weights moved, and how it agrees with clerks. */
export function printLinkTraining(training: LinkTraining, isUsed: boolean): void {
  console.log(
    `${training.version}, learned from ${training.pairs} pairs of ${training.reports} reports, ${training.randomPairs} pairs by chance and ${training.answers} answers of clerks; the model in use is ${training.before}.`,
  )
  for (const [name, figures] of Object.entries(training.tables)) {
    console.log(
      `\n${name}: ${figures.iterations} rounds, ${figures.converged ? 'settled' : 'not settled'}; ${figures.logLikelihood.toFixed(2)} bits a pair better than chance; prior ${bitsInWords(figures.prior[0])} → ${bitsInWords(figures.prior[1])}; link from ${figures.thresholds.link}, review from ${figures.thresholds.review}`,
    )
    const moved = Object.entries(figures.moved).flatMap(([field, levels]) =>
      Object.entries(levels).map(([level, [before, after]]) => [
        fieldInWords(field, 'en'),
        level,
        bitsInWords(before),
        bitsInWords(after),
      ]),
    )
    if (moved.length === 0) console.log('No weight moved by a tenth of a bit.')
    else printTable(['comparison', 'level', 'before', 'now'], moved)
  }
  const related = Object.entries(training.relatedness.learned)
  if (related.length > 0) {
    console.log(`\nHow related categories are, from ${training.relatedness.pairs} pairs and answers:`)
    printTable(
      ['categories', 'now'],
      related.map(([pair, bits]) => [pair, bitsInWords(bits)]),
    )
  }
  if (training.answers > 0) {
    console.log('\nOn clerks’ answers, before, and now on answers it had not seen:')
    printAgreement([
      ['before', training.agreement.before],
      ['now', training.agreement.after],
    ])
  }
  console.log(
    isUsed
      ? `\nIt is in use. Back: guiyi link use ${training.before}`
      : `\nIt is not in use yet: guiyi link use ${training.version}`,
  )
}

function printAgreement(rows: readonly (readonly [string, AnswerFigures])[]): void {
  printTable(
    [
      '',
      'link: same',
      'different',
      'review: same',
      'different',
      'new: same',
      'different',
      'precision',
      'recall',
      'surprise',
    ],
    rows.map(([name, { agreement, precision, recall, logLoss }]) => [
      name,
      agreement.link.same,
      agreement.link.different,
      agreement.review.same,
      agreement.review.different,
      agreement.new.same,
      agreement.new.different,
      percent(precision),
      percent(recall),
      `${logLoss.toFixed(3)} bits`,
    ]),
  )
}

/** Agreement, calibration, contributions. */
export function printEvaluation(found: Evaluation): void {
  if (found.answers === 0) {
    console.log('No clerk has answered yet: there is nothing to compare the model with.')
    return
  }
  console.log(
    `${found.model} against ${found.answers} answers of clerks, ${found.same} of them "the same":\n`,
  )
  printAgreement([['', found]])
  console.log('\nOf the pairs it gives this probability, so many were the same:')
  printTable(
    ['probability', 'answers', 'foretold', 'observed'],
    found.calibration
      .filter(({ answers }) => answers > 0)
      .map((bin) => [
        `${bin.from.toFixed(1)}–${bin.to.toFixed(1)}`,
        bin.answers,
        percent(bin.predicted),
        percent(bin.observed),
      ]),
  )
  console.log(
    '\nWhat each comparison says of pairs that were the same and of others, and what its absence costs:',
  )
  printTable(
    ['comparison', 'answers', 'same', 'different', 'costs'],
    found.contributions.map((row) => [
      fieldInWords(row.field, 'en'),
      row.answers,
      bitsInWords(row.same),
      bitsInWords(row.different),
      `${row.lost.toFixed(3)} bits`,
    ]),
  )
}

/** Every candidate with its reasons. */
export function printExplanation(found: Explanation, language: Language): void {
  console.log(
    `report ${found.report}, ${found.case === null ? 'in no case yet' : `case ${found.case}`}; by ${found.model}: prior ${bitsInWords(found.prior)}, link from ${found.thresholds.link}, review from ${found.thresholds.review}`,
  )
  if (found.candidates.length === 0) console.log('\nNo other report has anything in common with it.')
  for (const candidate of found.candidates) printCandidate(candidate, language)
}

function printCandidate(candidate: ExplainedCase, language: Language): void {
  const { case: number, state, nearest, decision, probability, score } = candidate
  console.log(
    `\n${number} ${state}${candidate.standsHere ? ', it stands here' : ''}; nearest: ${nearest.channel}/${nearest.externalId}`,
  )
  console.log(`  now       ${decision} ${percent(probability)} (${bitsInWords(score)} bits)`)
  console.log(`  because   ${sentenceOf(candidate.parts, language)}`)
  if (candidate.gate === 'closed')
    console.log('  gate      closed: two places or objects, never linked by machine')
  if (candidate.gate === 'clerk') console.log('  gate      a clerk must say so')
  for (const past of candidate.decidedThen)
    console.log(
      `  then      ${past.decision} ${percent(past.probability)} by ${past.decidedBy}, ${past.model}, ${shown(past.decidedAt)}`,
    )
  for (const { verdict, by, at } of candidate.verdicts)
    console.log(`  said      ${verdict} by ${by}, ${shown(at)}; it holds`)
}

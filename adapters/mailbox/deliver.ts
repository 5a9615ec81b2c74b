/** Our answer to a citizen, and after an uncertain try the search for it in our own sent folder. */
import type { Notice, Outcome } from '../../schemas/delivery.ts'
import { judgement, OutgoingError, type Answer, type Channel } from '../adapter.ts'
import { answerIdOf, composeLetter, LetterFault, letterIn, type ComposedLetter } from './compose.ts'
import { openFolder, openImap } from './imap.ts'
import type { MailboxSettings } from './settings.ts'
import { sendLetter, type SmtpAnswer } from './smtp.ts'

const filingMs = 5_000
const maxLiteralBytes = 1_048_576
/** A copy that the server itself files is there at once or, on slow ones, some tries later. */
const looks = 4

/** Never throws for what a partner does. */
export async function deliverLetter(
  notice: Notice,
  channel: Channel<MailboxSettings>,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    const request = channel.request(notice.request)
    const letter = await composeLetter(notice, channel.settings, channel.now())
    const answer = await send(channel, letter, signal)
    if ('kind' in answer) return answer
    const outcome = judgement(() => request.judge(asAnswer(answer))) ?? outcomeOf(answer)
    return outcome.kind === 'delivered'
      ? { reference: letter.messageId.slice(0, 200), ...outcome, ...(await filed(channel, letter, signal)) }
      : outcome
  } catch (error) {
    return { kind: 'permanent', detail: faultDetail(error) }
  }
}

/** Found in the sent folder: delivered. Not found proves nothing, since a copy may never have been filed. */
export async function lookUpLetter(
  notice: Notice,
  channel: Channel<MailboxSettings>,
  signal: AbortSignal,
): Promise<Outcome> {
  const folder = channel.settings.imap?.sentFolder
  if (folder === undefined)
    return { kind: 'permanent', detail: 'The channel has no imap.sentFolder to look for the letter in.' }
  try {
    const id = answerIdOf(notice, letterIn(notice).to, channel.settings)
    const lookup = channel.lookup(notice)
    if (!lookup) return { kind: 'permanent', detail: 'The mapping has no look-up.' }
    const isFound = await isInSent(channel, { folder, id }, signal)
    if (lookup.judge({ status: 200, headers: {}, body: { found: isFound } }) === 'delivered')
      return { kind: 'delivered', reference: id.slice(0, 200), detail: 'It lies in the sent folder.' }
    const detail = 'The letter is not in the sent folder. That does not prove that it was not sent.'
    return notice.try < looks ? { kind: 'ambiguous', detail } : { kind: 'permanent', detail }
  } catch (error) {
    if (error instanceof LetterFault) return { kind: 'permanent', detail: error.message }
    return {
      kind: 'ambiguous',
      detail: `The sent folder cannot be searched now. ${outgoingDetail(error)}`.slice(0, 500),
    }
  }
}

async function send(
  channel: Channel<MailboxSettings>,
  letter: ComposedLetter,
  signal: AbortSignal,
): Promise<SmtpAnswer | Outcome> {
  try {
    return await sendLetter(channel, letter, signal)
  } catch (error) {
    const detail = outgoingDetail(error)
    if (!(error instanceof OutgoingError) || error.sent === 'perhaps') return { kind: 'ambiguous', detail }
    return { kind: error.reason === 'blocked' ? 'permanent' : 'transient', detail }
  }
}

/** SMTP says itself what an answer means (RFC 5321, 4.2.1); a mapping may know better of a server. */
function outcomeOf({ status, enhanced, at }: SmtpAnswer): Outcome {
  const detail = `The mail server answered ${[status, enhanced].filter(Boolean).join(' ')} at ${at}.`
  if (status >= 200 && status < 300) return { kind: 'delivered' }
  if (status >= 400 && status < 500) return { kind: 'transient', detail: `${detail} It will be tried again.` }
  if (status >= 500)
    return {
      kind: 'permanent',
      detail: `${detail} It refuses this letter or this address for good. Reply by another way.`,
    }
  return { kind: 'ambiguous', detail: `${detail} That is no answer of SMTP.` }
}

function asAnswer({ status, enhanced, at }: SmtpAnswer): Answer {
  return { status, headers: {}, body: { at, ...(enhanced !== undefined && { enhanced }) } }
}

/** The letter is delivered whether or not its copy can be filed. */
async function filed(
  channel: Channel<MailboxSettings>,
  letter: ComposedLetter,
  signal: AbortSignal,
): Promise<{ detail?: string }> {
  const folder = channel.settings.imap?.sentFolder
  if (folder === undefined) return {}
  const time = AbortSignal.any([signal, AbortSignal.timeout(filingMs)])
  try {
    const session = await openImap(channel, time, { maxLiteralBytes })
    try {
      await session.run((client) => client.append(folder, letter.bytes, ['\\Seen']))
      return {}
    } finally {
      session.close()
    }
  } catch (error) {
    return { detail: `Sent, but not filed in the sent folder. ${outgoingDetail(error)}`.slice(0, 500) }
  }
}

async function isInSent(
  channel: Channel<MailboxSettings>,
  { folder, id }: { folder: string; id: string },
  signal: AbortSignal,
): Promise<boolean> {
  const session = await openImap(channel, signal, { maxLiteralBytes })
  try {
    await openFolder(session, folder, { readOnly: true })
    const found = await session.run((client) =>
      client.search({ header: { 'message-id': id } }, { uid: true }),
    )
    return Array.isArray(found) && found.length > 0
  } finally {
    session.close()
  }
}

function outgoingDetail(error: unknown): string {
  return error instanceof OutgoingError
    ? error.message.slice(0, 400)
    : 'The mail client failed in a way that is not known.'
}

function faultDetail(error: unknown): string {
  return error instanceof LetterFault
    ? error.message
    : 'The letter could not be made from the mapping. Correct it under reverse.requests.'
}

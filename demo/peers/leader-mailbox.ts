/**
 * A leader's mailbox and those who write to it: letters arrive in the inbox, answers reach the citizens by SMTP, and some
 * reply to them. Machines write, too. The servers have their moods: a busy one, connections that break, copies of sent mail
 * that are kept or not.
 */
import { join } from 'node:path'
import PostalMime from 'postal-mime'
import type { FollowUp, Submission } from '../plan.ts'
import {
  addressOf,
  autoReplyTo,
  codeOf,
  delayNoticeOf,
  letterOf,
  oddMails,
  replyTo,
  type Answer,
} from './leader-mailbox-letters.ts'
import { readJsonLines, type SentKind } from './ledger.ts'
import { openDovecotLetterbox, type DovecotMailbox } from './mail/dovecot-letterbox.ts'
import type { MailLogin } from './mail/imap-server.ts'
import { openLetterbox } from './mail/letterbox.ts'
import { startSmtpServer, type Arrived, type Behaviour } from './mail/smtp-server.ts'
import { playPart, type Part, type Peer } from './peer.ts'
import { createReactions } from './reactions.ts'
import { serve, type Reply, type Request } from './server.ts'

export interface LeaderMailboxSettings {
  readonly channel: string
  /** The office's mailbox; its user is its address. */
  readonly login: MailLogin
  /** Where it lies, if it is none of the peer's own. */
  readonly dovecot?: DovecotMailbox
  /** The gateway's limit of a letter, bytes. */
  readonly maxBytes: number
  /** Our codes of a result. */
  readonly resultCodes: readonly string[]
}

/** What happens to the first try of an answer, in turns. Of a lost one the office's server kept a copy, or none, or it was never taken. */
const turns = ['well', 'busy', 'kept', 'well', 'unkept', 'well', 'untaken', 'silent'] as const
/** Connections break while letters are being read. */
const dropEvery = 5
const dropMs = 40

interface Mail {
  readonly answer: Answer
  /** The gateway's number of the delivery, in a header of ours. */
  readonly delivery: string
}

playPart<LeaderMailboxSettings>(async (peer) => createMailbox(peer))

async function createMailbox(peer: Peer<LeaderMailboxSettings>): Promise<Part> {
  const { login, dovecot, channel, maxBytes, resultCodes } = peer.settings
  const box = await (dovecot === undefined ? openLetterbox(login) : openDovecotLetterbox(dovecot))
  const submissions = withThreads(readJsonLines<Submission>(join(peer.folder, 'plans', `${channel}.jsonl`)))
  const byNumber = new Map(submissions.map((submission) => [submission.externalId, submission]))
  /** What citizens got, by the letter that it answers. */
  const mails = new Map<string, Mail[]>()
  const tried = new Set<string>()
  const reactions = createReactions(submissions, follow)
  const [first] = submissions
  let due = submissions.length
  let machinesDue = first === undefined ? 0 : 1
  let posting = 0
  let posted = 0

  function post(
    what: SentKind,
    { externalId, item, raw }: { externalId: string; item: string; raw: string },
  ) {
    peer.ledger.write({ kind: 'sent', what, externalId, item })
    peer.count('sent')
    posting += 1
    posted += 1
    if (posted % dropEvery === 0) setTimeout(box.drop, dropMs)
    void box.put(raw).then(() => (posting -= 1))
  }

  function submit(submission: Submission): void {
    const { externalId } = submission
    due -= 1
    post('report', { externalId, item: externalId, raw: letterOf(submission, login.user) })
  }

  function follow(externalId: string, followUp: FollowUp): void {
    const submission = byNumber.get(externalId)
    const answer = mails.get(externalId)?.at(-1)?.answer
    if (submission === undefined || answer === undefined) throw new Error(`${externalId} was never answered.`)
    const item = `${externalId}/${followUp}`
    const isReply = followUp === 'supplement'
    const raw = isReply ? replyTo(answer, submission, login.user) : letterOf(submission, login.user)
    post(isReply ? 'message' : 'repeat', { externalId, item, raw })
  }

  /** Programs answer the first of our mails that they see. */
  function machinesReact(answer: Answer, submission: Submission): void {
    if (submission !== first || machinesDue === 0) return
    machinesDue = 0
    const { externalId } = submission
    post('test', { externalId, item: 'auto-reply', raw: autoReplyTo(answer, submission, login.user) })
    post('test', { externalId, item: 'delay', raw: delayNoticeOf(answer, submission, login.user) })
  }

  async function arrive({ raw, to }: Arrived): Promise<Behaviour> {
    const { messageId = '', inReplyTo = '', subject = '', text = '', headers } = await PostalMime.parse(raw)
    const answer = { id: bare(messageId), subject, text, raw }
    const submission = byNumber.get(bare(inReplyTo))
    const code = codeOf(answer)
    if (submission === undefined || to[0] !== addressOf(submission.person) || code === '') {
      const externalId = bare(inReplyTo)
      peer.ledger.write({ kind: 'refused', item: answer.id, externalId, status: 554, code: 'not-ours' })
      return 'refuse'
    }
    const turn = tried.has(answer.id) ? 'well' : (turns[tried.size % turns.length] ?? 'well')
    tried.add(answer.id)
    if (turn !== 'well') peer.count(turn)
    if (turn === 'busy') return 'busy'
    if (turn === 'untaken') return 'lost'
    const delivery = headers.find(({ key }) => key === 'x-guiyi-delivery')?.value ?? ''
    if (turn === 'kept') await box.keepSent(raw)
    book(submission, { answer, delivery }, code)
    if (turn === 'silent') return 'silent'
    return turn === 'well' ? 'take' : 'lost'
  }

  /** Whatever comes lies in the citizen's mailbox: nobody looks whether it lies there already. */
  function book(submission: Submission, mail: Mail, code: string): void {
    const { externalId } = submission
    peer.ledger.write({ kind: 'told', by: 'reply', externalId, code, key: mail.answer.id, effect: true })
    peer.count('told')
    mails.set(externalId, [...(mails.get(externalId) ?? []), mail])
    machinesReact(mail.answer, submission)
    reactions.told(externalId, resultCodes.includes(code))
  }

  /** What a citizen says on the phone, when the clerk asks which of our mails came. */
  function handle({ method, url }: Request): Reply {
    const number = /^\/page\/letters\/([^/]+)\/mails$/.exec(url.pathname)?.[1]
    if (number === undefined || method !== 'GET') return { status: 404 }
    peer.count('asked')
    const found = mails.get(decodeURIComponent(number)) ?? []
    return { status: 200, body: { mails: found.map(({ delivery }) => ({ delivery })) } }
  }

  const smtp = await startSmtpServer({ login, onLetter: arrive })
  const { address, close } = await serve(handle)
  return {
    address,
    ports: { smtp: smtp.port, ...(box.port !== undefined && { imap: box.port }) },
    left: () => due + reactions.left() + machinesDue + posting + box.left(),
    go: async () => {
      for (const submission of submissions) setTimeout(() => submit(submission), submission.dueMs)
      if (first === undefined) return
      for (const { what, id, raw } of oddMails(first, login.user, maxBytes))
        post(what, { externalId: id, item: id, raw })
    },
    stop: async () => {
      close()
      await Promise.all([smtp.kill(), box.close()])
    },
  }
}

/** However few letters there are, one gets a reply from its writer, and one comes twice. */
function withThreads(submissions: readonly Submission[]): Submission[] {
  return submissions.map((submission, index) => {
    const more = index === 0 ? (['supplement'] as const) : index === 1 ? (['repeat'] as const) : []
    return { ...submission, followUps: [...new Set([...submission.followUps, ...more])] }
  })
}

function bare(messageId: string): string {
  return messageId.replace(/^<|>$/g, '')
}

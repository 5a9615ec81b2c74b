import { expect, it } from 'vitest'
import type { Channel } from '../../adapters/adapter.ts'
import { mailbox } from '../../adapters/mailbox/mailbox.ts'
import type { MailboxSettings } from '../../adapters/mailbox/settings.ts'
import type { Submission } from '../plan.ts'
import { autoReplyTo, codeOf, delayNoticeOf, letterOf, replyTo } from './leader-mailbox-letters.ts'

const office = 'letters@pingan.example'
const answer = {
  id: 'ours@pingan.example',
  subject: 'Re: 来信',
  text: '您好！\n您的来信已受理，受理编号PS1。',
  raw: 'Message-ID: <ours@pingan.example>\r\n\r\ntext',
}

it.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'letter %i is read as it was written, whatever its style',
  async (number) => {
    const submission = submissionOf(number)

    const letter = await read(letterOf(submission, office))

    expect(letter).toMatchObject({
      kind: 'letter',
      id: submission.externalId,
      subject: '投诉：望潮路路灯整晚不亮请尽快维修',
      from: { name: '王建国', address: 'u19900000001@mail.example.com' },
    })
    expect(
      String(letter['text'])
        .split('\n')
        .filter((line) => line.trim() !== ''),
    ).toEqual(['路灯不亮。', '王建国', '电话：19900000001'])
  },
)

it('a reply holds what its writer adds, apart from our answer', async () => {
  const reply = await read(replyTo(answer, submissionOf(1), office))

  expect(reply['inReplyTo']).toBe(answer.id)
  expect(reply['text']).toMatch(/^补充一点：[^\n]+$/)
  expect(reply['quoted']).toContain('您的来信已受理')
})

it('machines write what is told apart from letters', async () => {
  const kinds = await Promise.all(
    [autoReplyTo, delayNoticeOf].map(async (write) => {
      const { kind } = await read(write(answer, submissionOf(1), office))
      return kind
    }),
  )

  expect(kinds).toEqual(['auto-reply', 'bounce'])
})

it('of our mail it says what its reader is told, and nothing of any other', () => {
  expect(codeOf(answer)).toBe('accepted')
  expect(codeOf({ ...answer, text: '您好！' })).toBe('')
})

function submissionOf(number: number): Submission {
  return {
    externalId: `${number}@mail.example.com`,
    dueMs: 0,
    message: {
      id: number,
      title: '望潮路路灯整晚不亮请尽快维修',
      time: '2025-09-03 08:15:00',
      text: '路灯不亮。',
      user: 'P1',
      kind: 'complaint',
    },
    person: { id: 'P1', name: '王建国', phone: '19900000001' },
    followUps: [],
    isWatched: false,
  }
}

async function read(raw: string): Promise<Readonly<Record<string, unknown>>> {
  const payload = {
    bytes: Buffer.from(raw),
    headers: { 'content-type': 'message/rfc822' },
    method: 'POLL',
    url: 'imap:INBOX;uid=1',
    receivedAt: new Date('2026-11-22T00:00:00Z'),
  }
  const channel = { settings: {} } as Channel<MailboxSettings>
  for await (const record of mailbox.decode(payload, channel))
    if (record.kind === 'record') return record.value as Readonly<Record<string, unknown>>
  throw new Error('The mail made no record.')
}

/** The mailbox's fixture: one mail is one payload. */
import type { RawPayload } from '../../adapters/adapter.ts'
import { noon } from './adapter-channel.ts'
import type { AdapterFixture } from './adapter-fixtures.ts'

function fetched(bytes: Uint8Array): RawPayload {
  return {
    bytes,
    headers: { 'content-type': 'message/rfc822' },
    method: 'POLL',
    url: 'imap:INBOX;uid=7',
    receivedAt: noon,
  }
}

function mail(...lines: readonly string[]): string {
  return [...lines, ''].join('\r\n')
}

export const mailboxFixture = (canary: string): AdapterFixture => ({
  protocol: 'mailbox',
  settings: {
    imap: { host: 'imap.example', user: 'letters@example.gov.cn', password: 'of-the-mailbox' },
    threadSecret: 'a-thread-secret-of-32-characters',
  },
  good: {
    text: mail(
      'Message-ID: <1@mail.example>',
      'From: wang@mail.example',
      'Subject: hello',
      'Date: Sun, 22 Nov 2026 10:00:00 +0800',
      'Content-Type: text/plain; charset=utf-8',
      '',
      canary,
    ),
    records: 1,
  },
  noticesCutOff: false,
  genuine: fetched,
  forgeries: (bytes) => [
    { name: 'a push', payload: { ...fetched(bytes), method: 'POST' }, code: 'missing' },
    { name: 'a lower-case poll', payload: { ...fetched(bytes), method: 'poll' }, code: 'missing' },
  ],
  odd: [
    { name: 'a mail without a body', text: mail('From: a@b.example'), records: 1 },
    {
      name: 'a mail of the future',
      text: mail('From: a@b.example', 'Date: Fri, 31 Dec 9999 23:59:59 GMT', '', 'x'),
      records: 1,
    },
    { name: 'a header twice', text: mail('From: a@b.example', 'From: c@d.example', '', 'x'), records: 1 },
    {
      name: 'a header that is the prototype',
      text: mail('From: a@b.example', '__proto__: polluted', '', 'x'),
      records: 1,
    },
    {
      name: 'parts without an end',
      text: mail('From: a@b.example', 'Content-Type: multipart/mixed; boundary=b', '', '--b', '', 'x'),
      records: 1,
    },
    {
      name: 'parts without a beginning',
      text: mail('From: a@b.example', 'Content-Type: multipart/mixed', '', 'x'),
      records: 1,
    },
    {
      name: 'broken base64',
      text: mail('From: a@b.example', 'Content-Transfer-Encoding: base64', '', '=5Lit**'),
      records: 1,
    },
  ],
  drivenIn: 'adapters/mailbox/deliver.test.ts',
})

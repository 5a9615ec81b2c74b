import { expect, test } from 'vitest'
import { attachFiles, maxReportBytes, type AttachContext } from './attach.ts'

const jpeg = (size: number, fill = 0) =>
  Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.alloc(size, fill)])

const context = (other: Partial<AttachContext> = {}): AttachContext => ({
  owner: { channelId: 'hotline-a', about: 'G1' },
  files: [],
  envelope: { personKey: (kind, value) => `${kind}:${value}` },
  fetches: true,
  resolves: false,
  maxBytes: 1000,
  ...other,
})

const inside = (url: string, bytes: Uint8Array) => ({ url, bytes, mediaType: 'image/jpeg' })

test('outside of sealed content a file has a neutral name and no address', () => {
  const attached = attachFiles(
    [{ url: 'https://files.example/1.jpg?token=a', name: '张三身份证.jpg', role: 'before' }],
    context(),
  )

  const [draft] = attached.drafts
  expect(attached.working).toEqual([{ id: draft?.id, name: 'attachment 1', role: 'before' }])
  expect(attached.whole).toEqual([
    {
      id: draft?.id,
      url: 'https://files.example/1.jpg?token=a',
      name: '张三身份证.jpg',
      role: 'before',
    },
  ])
})

test('versions are compared by a file’s hash, not by the name of its part or our id', () => {
  const compare = (url: string, bytes: Uint8Array, about = 'G1') =>
    attachFiles([{ url }], context({ files: [inside(url, bytes)], owner: { channelId: 'hotline-a', about } }))
      .compared

  expect(compare('part:1', jpeg(10))).toEqual(compare('cid:x', jpeg(10), 'G2'))
  expect(compare('part:1', jpeg(10))).not.toEqual(compare('part:1', jpeg(10, 1)))
})

test('the same file has the same id in one report, and another in another', () => {
  const idOf = (about: string) =>
    attachFiles(
      [{ url: 'part:1' }],
      context({ files: [inside('part:1', jpeg(10))], owner: { channelId: 'hotline-a', about } }),
    ).drafts[0]?.id

  expect(idOf('G1')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(idOf('G1')).toBe(idOf('G1'))
  expect(idOf('G1')).not.toBe(idOf('G2'))
})

test('files beyond the bounds are refused one by one', () => {
  const half = Math.floor(maxReportBytes / 2)
  const files = [
    inside('part:1', jpeg(half)),
    inside('part:2', jpeg(half, 1)),
    inside('part:3', jpeg(10)),
    inside('part:4', jpeg(maxReportBytes)),
    inside('part:5', Buffer.alloc(0)),
  ]

  const { drafts } = attachFiles(
    files.map(({ url }) => ({ url })),
    context({ files, maxBytes: maxReportBytes }),
  )

  expect(drafts.map((draft) => (draft.state === 'refused' ? draft.reason : draft.state))).toEqual([
    'stored',
    'too-many',
    'stored',
    'too-large',
    'empty',
  ])
})

test.each([
  ['part:none', 'missing'],
  ['cid:none', 'missing'],
  ['upload/1.jpg', 'address'],
  ['//files.example/1.jpg', 'address'],
  ['file:///etc/passwd', 'address'],
  ['data:image/jpeg;base64,/9j/', 'address'],
])('nothing can be had under %s', (url, reason) => {
  expect(attachFiles([{ url }], context()).drafts).toMatchObject([{ state: 'refused', reason }])
})

test('an address without a host waits for an adapter that resolves it', () => {
  expect(attachFiles([{ url: 'upload/1.jpg' }], context({ resolves: true })).drafts).toMatchObject([
    { state: 'waiting' },
  ])
})

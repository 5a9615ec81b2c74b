/**
 * Breaks one promise at a time in a copy of the tree and looks whether a test notices: `npm run mutate`, or with names.
 * A mutation that no test notices is a failure.
 */
import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** @type {{ name: string, file: string, from: string, to: string, tests: string[] }[]} */
const mutations = [
  {
    name: 'save a draft over what another admin saved meanwhile',
    file: 'gateway/catalog/drafts.ts',
    from: 'if (found !== undefined && found.edition !== edition) throw changed(channel, found, edition)',
    to: '',
    tests: ['tests/integration/channel-life'],
  },
  {
    name: 'publish over a version that the author never saw',
    file: 'gateway/catalog/versions.ts',
    from: 'if (onto === undefined || onto === (current?.version ?? null)) return',
    to: 'if (onto !== 0) return',
    tests: ['tests/integration/channel-life'],
  },
  {
    name: 'publish while an example fails',
    file: 'gateway/catalog/publish.ts',
    from: '  refuseFailed(channel, checked)\n',
    to: '',
    tests: ['tests/integration/channel-life'],
  },
  {
    name: 'leave other gateways on the old version',
    file: 'gateway/catalog/live-catalog.ts',
    from: 'known.get(id)?.revision === revision ? [] : [id]',
    to: 'known.has(id) ? [] : [id]',
    tests: ['tests/integration/channel-life'],
  },
  {
    name: 'put a changed file over what people published',
    file: 'gateway/catalog/take-files.ts',
    from: 'if (stored.text !== null && sha256Of(stored.text) !== stored.file_sha256) {',
    to: 'if (stored.version < 0) {',
    tests: ['tests/integration/channel-life'],
  },
  {
    name: 'dispatch what came while its channel was in trial',
    file: 'gateway/linking/read-reports.ts',
    from: 'case_id is null and linked_at is null and channel_id',
    to: 'case_id is null and channel_id',
    tests: ['tests/integration/channel-life'],
  },
  {
    name: 'acknowledge before commit',
    file: 'gateway/store/client.ts',
    from: 'sql.begin((tx) => work(tx)) as Promise<unknown>',
    to: 'new Promise<unknown>((early, failed) => void sql.begin(async (tx) => { const made = await work(tx); early(made); return made }).catch(failed))',
    tests: ['tests/integration/promises'],
  },
  {
    name: 'acknowledge before the one statement is committed',
    file: 'gateway/store/client.ts',
    from: "once: async (work) => await withDeadline(work(sql), defaultDeadlineMs, 'statement')",
    to: 'once: async (work) => await new Promise((early) => { work(sql).catch(() => undefined); early(undefined as never) })',
    tests: ['tests/integration/promises'],
  },
  {
    name: 'take a replayed signature by the short way',
    file: 'gateway/intake/write-sql.ts',
    from: '(select count(*) from replay) = ${rows.replayKeys.length} and ',
    to: '',
    tests: ['tests/integration/hostile'],
  },
  {
    name: 'take an echo for a report',
    file: 'gateway/intake/echo.ts',
    from: 'issuer === GATEWAY_ISSUER',
    to: "issuer === 'nobody'",
    tests: ['tests/integration/grid'],
  },
  {
    name: 'tell a report that was taken out what its old case became',
    file: 'gateway/linking/moves/move-reports.ts',
    from: 'update parties set left_at = ${now} where',
    to: 'update parties set left_at = null where',
    tests: ['tests/integration/split'],
  },
  {
    name: 'forget that a clerk told two cases apart',
    file: 'gateway/linking/moves/merge.ts',
    from: "filter(({ verdict }) => verdict === 'different')",
    to: 'filter(() => false)',
    tests: ['tests/integration/undo'],
  },
  {
    name: 'tell an acceptance again after a joining',
    file: 'gateway/writeback/moved.ts',
    from: "joined_by === 'merged' && event.type === 'registered'",
    to: "joined_by === 'merged' && event.type === 'closed'",
    tests: ['gateway/writeback/moved'],
  },
  {
    name: 'move a mail before it is committed',
    file: 'adapters/mailbox/poll.ts',
    from: 'yield { payload: payloadOf(mail, channel, uid)',
    to: 'await fileAway(session, imap, { uid, isTooLarge: mail.isTooLarge })\n        yield { payload: payloadOf(mail, channel, uid)',
    tests: ['adapters/mailbox'],
  },
  {
    name: 'record before call',
    file: 'gateway/writeback/try-once.ts',
    from: "  deps.killPoint('writeback.before-call')",
    to: "  deps.killPoint('writeback.before-call')\n  await deps.db.sql`update deliveries set state = 'delivered', settled_at = now() where id = ${notice.delivery}`",
    tests: ['tests/integration/promises'],
  },
  {
    name: 'parse before authenticating',
    file: 'gateway/http/channels.ts',
    from: 'const principal = await authenticate(routes, context, { channel, feed, payload })',
    to: "const principal = await authenticate(routes, context, { channel, feed, payload }).catch(() => ({ name: 'anybody' }))",
    tests: ['tests/integration/hostile'],
  },
  {
    name: 'forget replay keys',
    file: 'gateway/intake/take-keys.ts',
    from: '!free.has(item.receiptId)',
    to: 'free.size < 0',
    tests: ['tests/integration/hostile'],
  },
  {
    name: 'read past running transactions',
    file: 'gateway/dispatch/read-cases.ts',
    from: ' and e.xid < pg_snapshot_xmin(pg_current_snapshot())',
    to: '',
    tests: ['tests/integration/promises'],
  },
  {
    name: 'give the events of a held case a place in the list',
    file: 'gateway/store/case-log.ts',
    from: 'where h.case_id = r.case_id) then null',
    to: 'where h.case_id = r.case_id and false) then null',
    tests: ['tests/integration/hold'],
  },
  {
    name: 'put an event before an earlier one of its case',
    file: 'gateway/store/case-log.ts',
    from: 'greatest(pg_current_xact_id(), (select e.xid',
    to: 'coalesce(pg_current_xact_id(), (select e.xid',
    tests: ['tests/integration/hold'],
  },
  {
    name: 'link without the lease',
    file: 'gateway/linking/link-batch.ts',
    from: 'await checkLease(tx, lease)\n    const batch',
    to: 'void checkLease\n    const batch',
    tests: ['tests/integration/promises'],
  },
  {
    name: 'append an event again for each repeat',
    file: 'gateway/dispatch/append.ts',
    from: 'if (known !== null) return known',
    to: 'if (known !== null) request = { ...request, eventId: deps.newId() }',
    tests: ['tests/integration/main-way'],
  },
  {
    name: 'make a second report of a changed body',
    file: 'gateway/intake/write-reports.ts',
    from: 'const key = keyOf(entry.prepared.incoming.channel.id, entry.draft.report.externalId)\n',
    to: 'entry.draft = { ...entry.draft, report: { ...entry.draft.report, externalId: entry.draft.report.contentHash } }\n    const key = keyOf(entry.prepared.incoming.channel.id, entry.draft.report.externalId)\n',
    tests: ['tests/integration/main-way'],
  },
  {
    name: 'take any answer with HTTP 200 as delivered',
    file: 'adapters/over-http/call.ts',
    from: 'judgement(() => request.judge(answer)) ??',
    to: "(answer.status === 200 ? ({ kind: 'delivered' } as const) : null) ??",
    tests: ['tests/integration/main-way', 'tests/contract'],
  },
  {
    name: 'show confidential reporters',
    file: 'gateway/dispatch/read-contacts.ts',
    from: 'if (row.confidential)',
    to: "if (row.id === '')",
    tests: ['tests/integration/main-way'],
  },
]

function copyTree() {
  const folder = mkdtempSync(join(tmpdir(), 'guiyi-mutation-'))
  const listed = spawnSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  for (const file of listed.stdout.split('\0').filter(Boolean)) {
    mkdirSync(join(folder, dirname(file)), { recursive: true })
    copyFileSync(join(root, file), join(folder, file))
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

/**
 * @param {string} folder
 * @param {string[]} tests
 */
function runTests(folder, tests) {
  return spawnSync(
    process.execPath,
    [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--bail', '1', ...tests],
    {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      env: { ...process.env, NO_COLOR: '1' },
    },
  )
}

const wanted = process.argv.slice(2)
const folder = copyTree()
let passed = 0
let failed = 0
try {
  for (const mutation of mutations.filter(
    ({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)),
  )) {
    const path = join(folder, mutation.file)
    const original = readFileSync(path, 'utf8')
    if (!original.includes(mutation.from)) {
      failed += 1
      console.log(
        `stale    ${mutation.name}: ${mutation.file} no longer holds the line it changes. Bring tests/mutation/promises.mjs up to date.`,
      )
      continue
    }
    writeFileSync(
      path,
      original.replace(mutation.from, () => mutation.to),
    )
    const run = runTests(folder, mutation.tests)
    writeFileSync(path, original)
    const noticedBy = /(?:FAIL|×)\S*\s+(.+)/.exec(run.stdout)?.[1]
    if (run.status !== 0 && noticedBy !== undefined) passed += 1
    else failed += 1
    console.log(
      run.status !== 0 && noticedBy !== undefined
        ? `noticed  ${mutation.name}\n         by ${noticedBy.trim()}`
        : `MISSED   ${mutation.name}: no test of ${mutation.tests.join(', ')} failed`,
    )
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

import { defineCommand } from 'citty'
import { coverageCommand } from './coverage.ts'
import { draftCommand } from './draft.ts'
import { listCommand } from './list.ts'
import { ownerCommand, stateCommand } from './life.ts'
import { publishCommand, rollbackCommand, versionsCommand } from './publish.ts'
import { testCommand } from './test-connection.ts'
import { diffCommand, exportCommand, importCommand } from './text.ts'
import { trialCommand } from './trial-period.ts'
import { tryCommand } from './try.ts'

export const channelCommand = defineCommand({
  meta: {
    name: 'channel',
    description:
      'Channels 渠道: list, test; draft, try, publish, roll back; state and owner; export, import, diff',
  },
  subCommands: {
    list: listCommand,
    test: testCommand,
    draft: draftCommand,
    import: importCommand,
    export: exportCommand,
    diff: diffCommand,
    try: tryCommand,
    publish: publishCommand,
    versions: versionsCommand,
    rollback: rollbackCommand,
    state: stateCommand,
    owner: ownerCommand,
    trial: trialCommand,
    coverage: coverageCommand,
  },
})

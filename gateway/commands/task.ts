import { defineCommand } from 'citty'
import { finishTask, listTasks } from '../writeback/people.ts'
import { jsonArg, limitArg, limitOf, shown, withDeps } from './open.ts'

export const taskCommand = defineCommand({
  meta: { name: 'task', description: 'Manual tasks 人工回传: sources that are told by hand' },
  subCommands: {
    list: defineCommand({
      meta: { name: 'list', description: 'Open tasks, oldest first, with text ready to paste' },
      args: { channel: { type: 'string', description: 'Only this channel' }, limit: limitArg, json: jsonArg },
      run: ({ args }) =>
        withDeps(async (deps) => {
          const tasks = await listTasks(deps, { channel: args.channel, limit: limitOf(args.limit) })
          if (args.json) console.log(JSON.stringify(tasks))
          else if (tasks.length === 0) console.log('No task is open.')
          for (const task of args.json ? [] : tasks) {
            console.log(
              `── ${task.id}  ${task.channelName ?? task.channel}  ${task.externalId}  ${task.case}  ${task.eventType}  ${shown(task.createdAt)}`,
            )
            if (task.where !== undefined) console.log(`   ${task.where}`)
            console.log(`${task.text}\n`)
          }
        }),
    }),
    done: defineCommand({
      meta: { name: 'done', description: 'Say that a source was told by hand' },
      args: {
        id: { type: 'positional', description: 'The task', required: true },
        by: { type: 'string', description: 'Who did it: a clerk number, no name', required: true },
        reference: { type: 'string', description: 'Where it stands now: link or number' },
      },
      run: ({ args }) =>
        withDeps(async (deps) => {
          await finishTask(deps, args.id, {
            by: args.by,
            ...(args.reference === undefined ? {} : { reference: args.reference }),
          })
          console.log(`Task ${args.id} is done.`)
        }),
    }),
  },
})

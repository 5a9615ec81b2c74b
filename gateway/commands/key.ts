import { defineCommand } from 'citty'
import { createKey, listKeys, revokeKey } from '../http/keys.ts'
import { jsonArg, printTable, shown, withDeps } from './open.ts'

export const keyCommand = defineCommand({
  meta: { name: 'key', description: 'API keys: create, list, revoke' },
  subCommands: {
    create: defineCommand({
      meta: { name: 'create', description: 'Make a key; it is shown once' },
      args: {
        name: { type: 'string', description: 'Whose key it is, for example dispatch-centre', required: true },
        scope: {
          type: 'string',
          description:
            'dispatch, review, confidential, admin, manage:<channel> or channel:<channel>; several with commas',
          required: true,
        },
        json: jsonArg,
      },
      run: ({ args }) =>
        withDeps(async (deps) => {
          const scopes = args.scope
            .split(',')
            .map((scope) => scope.trim())
            .filter((scope) => scope !== '')
          const made = await createKey(deps.db, { name: args.name, scopes, now: deps.now() })
          if (args.json) console.log(JSON.stringify(made))
          else {
            console.error(
              `Key ${made.id} for ${args.name} (${scopes.join(', ')}). It is shown this once; keep it safe.`,
            )
            console.log(made.key)
          }
        }),
    }),
    list: defineCommand({
      meta: { name: 'list', description: 'Keys, without their secret part' },
      args: { json: jsonArg },
      run: ({ args }) =>
        withDeps(async (deps) => {
          const keys = await listKeys(deps.db)
          if (args.json) console.log(JSON.stringify(keys))
          else
            printTable(
              ['id', 'name', 'scopes', 'created', 'last used', 'revoked'],
              keys.map((key) => [
                key.id,
                key.name,
                key.scopes.join(' '),
                shown(key.createdAt),
                shown(key.lastUsedAt),
                shown(key.revokedAt),
              ]),
            )
        }),
    }),
    revoke: defineCommand({
      meta: { name: 'revoke', description: 'Make a key worthless within seconds' },
      args: { id: { type: 'positional', description: 'The id that `guiyi key list` shows', required: true } },
      run: ({ args }) =>
        withDeps(async (deps) => {
          await revokeKey(deps.db, args.id, deps.now())
          console.log(`Key ${args.id} is revoked.`)
        }),
    }),
  },
})

/** How admins' routes are added: the key is checked before anything of the request is read. */
import type { Context } from 'hono'
import Type, { type TSchema } from 'typebox'
import type { Api, RouteDescription } from './api.ts'
import type { KeyRing } from './keys.ts'
import { integerQuery } from './request.ts'

export const By = Type.String({
  minLength: 1,
  maxLength: 100,
  description: 'Who says so: a clerk number, no name',
})
export const listOf = (schema: TSchema) => Type.Object({ items: Type.Array(schema) })
export const ok = (description: string, schema: TSchema = Type.Unknown()) => ({
  status: 200,
  description,
  schema,
})

export type AdminRoute = Omit<RouteDescription, 'tag' | 'access'>
export type AddAdminRoute = (route: AdminRoute, handler: (context: Context) => Promise<unknown>) => void

/** A path with `{channel}` is open to the keys of those who manage that channel (`manage:<channel>`), too. */
export function adminRoutes(api: Api, keys: KeyRing): AddAdminRoute {
  return (route, handler) => {
    const ofChannel = route.path.includes('{channel}')
    api.add(
      {
        ...route,
        tag: 'Administration',
        access: ofChannel ? 'manage' : 'admin',
        problems: ['auth.missing', 'auth.invalid', 'auth.scope', ...(route.problems ?? [])],
      },
      async (context) => {
        const scopes = ofChannel ? ['admin', `manage:${context.req.param('channel') ?? ''}`] : ['admin']
        await keys.check(context.req.header('authorization'), ...scopes)
        return context.json((await handler(context)) as never, route.answer.status as 200)
      },
    )
  }
}

export const paging = { limit: { description: '1 to 1000; 100 where missing' } }
export const limitQuery = (context: Context) =>
  integerQuery(context, 'limit', { min: 1, max: 1000, fallback: 100 })

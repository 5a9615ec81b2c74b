/** Routes that say what they are: the same declaration mounts the handler and makes the OpenAPI document. */
import type { Context, Hono } from 'hono'
import type { TSchema } from 'typebox'
import type { ErrorCode } from '../telemetry/errors.ts'

export type Tag = 'Channels' | 'Dispatch' | 'Review' | 'Administration' | 'Description' | 'Health'

export interface RouteDescription {
  readonly method: 'get' | 'post' | 'put' | 'delete'
  /** OpenAPI form: `/v1/channels/{channel}/reports`. */
  readonly path: string
  readonly tag: Tag
  readonly summary: string
  readonly description?: string
  /** What the key must be allowed; missing: open to all. `signature`: the channel's adapter knows its sender. */
  readonly access?: 'signature' | 'channel' | 'dispatch' | 'review' | 'admin' | 'manage'
  readonly query?: {
    readonly [name: string]: {
      readonly description: string
      readonly required?: true
      readonly example?: string
    }
  }
  readonly headers?: { readonly [name: string]: string }
  /** `raw`: the channel's own format. */
  readonly body?: TSchema | 'raw'
  readonly answer: {
    readonly status: number
    readonly description: string
    readonly schema?: TSchema
    readonly mediaType?: string
  }
  readonly problems?: readonly ErrorCode[]
}

export type Handler = (context: Context) => Response | Promise<Response>

export interface Api {
  readonly app: Hono
  readonly routes: RouteDescription[]
  add(description: RouteDescription, handler: Handler): void
}

export function createApi(app: Hono): Api {
  const routes: RouteDescription[] = []
  return {
    app,
    routes,
    add: (description, handler) => {
      routes.push(description)
      app.on(description.method.toUpperCase(), description.path.replaceAll(/\{(\w+)\}/g, ':$1'), handler)
    },
  }
}

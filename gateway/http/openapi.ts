/** OpenAPI 3.1 out of the routes that are mounted. Schemas are JSON Schema 2020-12 as published under /schemas. */
import type { TSchema } from 'typebox'
import { publishedSchemas } from '../../schemas/published.ts'
import { errorCodes, type ErrorCode } from '../telemetry/errors.ts'
import type { RouteDescription } from './api.ts'

const nameBySchema = new Map<unknown, string>(
  Object.entries(publishedSchemas).map(([name, schema]) => [schema, name]),
)

/** The schema with every published one inside it written as a reference. */
export function withReferences(schema: unknown, referTo: (name: string) => string, root = true): unknown {
  const name = root ? undefined : nameBySchema.get(schema)
  if (name !== undefined) return { $ref: referTo(name) }
  if (Array.isArray(schema)) return schema.map((member) => withReferences(member, referTo, false))
  if (typeof schema !== 'object' || schema === null) return schema
  return Object.fromEntries(
    Object.entries(schema).map(([key, member]) => [key, withReferences(member, referTo, false)]),
  )
}

const component = (name: string) => `#/components/schemas/${name}`
const schemaOf = (schema: TSchema): unknown => withReferences(schema, component, false)

/** Within one document the addresses are the components' own. */
function components(): object {
  return Object.fromEntries(
    Object.entries(publishedSchemas).map(([name, schema]) => {
      const { $id: _, ...rest } = withReferences(schema, component) as { $id?: string }
      return [name, rest]
    }),
  )
}

function parametersOf(route: RouteDescription): object[] {
  const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map((match) => ({
    name: match[1],
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  const inQuery = Object.entries(route.query ?? {}).map(([name, { description, required }]) => ({
    name,
    in: 'query',
    description,
    required: required === true,
    schema: { type: 'string' },
  }))
  const inHeader = Object.entries(route.headers ?? {}).map(([name, description]) => ({
    name,
    in: 'header',
    description,
    schema: { type: 'string' },
  }))
  return [...inPath, ...inQuery, ...inHeader]
}

function problemsOf(codes: readonly ErrorCode[]): object {
  const byStatus = Map.groupBy(codes, (code) => errorCodes[code][0])
  const problem = { 'application/problem+json': { schema: { $ref: '#/components/schemas/problem' } } }
  return Object.fromEntries(
    [...byStatus].map(([status, group]) => [
      status,
      {
        description: group.map((code) => `\`${code}\`: ${errorCodes[code][1]}`).join('; '),
        content: problem,
      },
    ]),
  )
}

function bodyOf(body: RouteDescription['body']): object {
  if (body === undefined) return {}
  const content =
    body === 'raw'
      ? { '*/*': { schema: { description: "The channel's own format" } } }
      : { 'application/json': { schema: schemaOf(body) } }
  return { requestBody: { required: true, content } }
}

const security = {
  signature: [{ signature: [] }, { key: [] }],
  channel: [{ key: [] }],
  dispatch: [{ key: [] }],
  review: [{ key: [] }],
  admin: [{ key: [] }],
  manage: [{ key: [] }],
} as const

function operationOf(route: RouteDescription): object {
  const { answer } = route
  const content =
    answer.schema === undefined
      ? { [answer.mediaType ?? 'text/plain']: {} }
      : { [answer.mediaType ?? 'application/json']: { schema: schemaOf(answer.schema) } }
  return {
    tags: [route.tag],
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    operationId: `${route.method} ${route.path}`.replaceAll(/[^a-zA-Z0-9]+/g, '_').replace(/_$/, ''),
    parameters: parametersOf(route),
    ...bodyOf(route.body),
    responses: {
      [answer.status]: { description: answer.description, content },
      ...problemsOf(route.problems ?? []),
    },
    ...(route.access === undefined ? { security: [] } : { security: security[route.access] }),
  }
}

/** The document that /openapi.json answers with. */
export function openApiOf(routes: readonly RouteDescription[]): object {
  const paths: { [path: string]: { [method: string]: object } } = {}
  for (const route of routes) paths[route.path] = { ...paths[route.path], [route.method]: operationOf(route) }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Guiyi 归一',
      version: '0.1.0',
      description:
        'One case out of 148 channels: push reports, read cases, append events, learn what became of each.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [
      { name: 'Channels', description: 'For source systems' },
      { name: 'Dispatch', description: 'For the one dispatch behind the gateway' },
      { name: 'Review', description: 'For clerks who say what is one matter' },
      { name: 'Administration', description: 'For admins, clerks and their tools' },
      { name: 'Description' },
      { name: 'Health' },
    ],
    paths,
    components: {
      schemas: components(),
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'API key of the gateway (`guiyi key create`)' },
        signature: {
          type: 'apiKey',
          in: 'header',
          name: 'x-signature',
          description:
            'HMAC over the raw bytes with x-timestamp and x-nonce; see adapters/http-json/README.md',
        },
      },
    },
  }
}

/** Files of reports and messages, handed to the dispatch. */
import type { Deps } from '../deps.ts'
import { readFile } from '../dispatch/read-files.ts'
import { GatewayError } from '../telemetry/errors.ts'
import type { Api } from './api.ts'
import type { KeyRing } from './keys.ts'

const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i

export function addFileRoutes(api: Api, { deps, keys }: { deps: Deps; keys: KeyRing }): void {
  api.add(
    {
      method: 'get',
      path: '/v1/dispatch/files/{id}',
      tag: 'Dispatch',
      summary: 'The bytes of a file; each reading is recorded',
      description:
        'The ids stand under `attachments` of a source and of an event. The type is what the bytes are, whatever the sender said; the name is neutral, since given names can be personal. Files of reporters who asked for confidentiality (举报人保密) are withheld.',
      access: 'dispatch',
      answer: {
        status: 200,
        description: 'The bytes; `ETag` is their SHA-256',
        mediaType: 'application/octet-stream',
      },
      problems: [
        'auth.missing',
        'auth.invalid',
        'auth.scope',
        'file.unknown',
        'file.withheld',
        'file.not-stored',
        'file.erased',
      ],
    },
    async (context) => {
      const key = await keys.check(context.req.header('authorization'), 'dispatch')
      const id = context.req.param('id') ?? ''
      if (!uuid.test(id))
        throw new GatewayError('file.unknown', 'This is no id of a file. The ids stand beside each source.')
      const file = await readFile(deps, id, `key:${key.id}`)
      // What a stranger sent must run nowhere: it is saved, not shown, and shown it may do nothing.
      return context.body(new Uint8Array(file.bytes), 200, {
        'content-type': file.mediaType,
        'content-disposition': `attachment; filename="${file.name}"`,
        'content-security-policy': "default-src 'none'; sandbox",
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
        etag: `"${file.sha256}"`,
      })
    },
  )
}

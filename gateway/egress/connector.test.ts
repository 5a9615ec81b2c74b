import { expect, it } from 'vitest'
import { startRawPartner } from '../../tests/support/adapter-partner.ts'
import { AddressBlockedError, createConnector } from './connector.ts'

it('a peer that the guard refuses after the connection was made hears not one byte', async () => {
  const partner = await startRawPartner(() => {})
  const { port } = new URL(partner.url)
  const looks: string[] = []
  const guard = {
    allows: (address: string): boolean => {
      looks.push(address)
      return looks.length === 1
    },
  }
  const connect = createConnector({ guard, connectTimeoutMs: 1000, lookup: async () => ['127.0.0.1'] })

  const error = await new Promise((done) =>
    connect({ hostname: 'rebind.example', protocol: 'http:', port }, (...[failure]) => done(failure)),
  )

  expect(error).toBeInstanceOf(AddressBlockedError)
  expect(looks).toEqual(['127.0.0.1', '127.0.0.1'])
  expect(partner.heard()).toBe('')
})

it('a name that is slow to resolve is asked for once, however many calls wait for it', async () => {
  const { promise: silence, reject: giveUp } = Promise.withResolvers<string[]>()
  const asked: string[] = []
  const lookup = (hostname: string): Promise<string[]> => {
    asked.push(hostname)
    return silence
  }
  const connect = createConnector({ guard: { allows: () => true }, connectTimeoutMs: 1000, lookup })

  const failures = Array.from(
    { length: 3 },
    () =>
      new Promise((done) =>
        connect({ hostname: 'slow.example', protocol: 'http:', port: '80' }, (...[failure]) => done(failure)),
      ),
  )
  giveUp(new Error('name server silent'))

  expect(await Promise.all(failures)).toHaveLength(3)
  expect(asked).toEqual(['slow.example'])
})

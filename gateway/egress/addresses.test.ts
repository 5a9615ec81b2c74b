import { describe, expect, it } from 'vitest'
import { createAddressGuard } from './addresses.ts'

describe('the address guard', () => {
  const guard = createAddressGuard([])

  it.each([
    '8.8.8.8',
    '1.0.0.1',
    '223.255.255.254',
    '2400:3200::1',
    '2001:4860:4860::8888',
    '::ffff:8.8.8.8',
  ])('allows the public address %s', (address) => {
    expect(guard.allows(address)).toBe(true)
  })

  it.each([
    '127.0.0.1',
    '127.255.255.254',
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.1',
    '100.64.0.1',
    '169.254.1.1',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '192.0.2.1',
    '192.88.99.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '0:0:0:0:0:ffff:7f00:0001',
    '::ffff:10.0.0.1',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b::8.8.8.8',
    '64:ff9b:1::1',
    '2002:7f00:1::',
    '2002:a00:1::1',
    '2001::1',
    '2001:db8::1',
    '3fff::1',
    'fc00::1',
    'fd12:3456::1',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    'fd00:ec2::254',
  ])('refuses %s', (address) => {
    expect(guard.allows(address)).toBe(false)
  })

  it.each(['', 'localhost', '1', '2130706433', '0x7f.1', '127.1', '1.2.3', 'example.com'])(
    'refuses %j, which is no address',
    (address) => {
      expect(guard.allows(address)).toBe(false)
    },
  )
})

describe('the address guard with allowed blocks', () => {
  it('allows what the block holds, in every spelling, and nothing beside it', () => {
    const guard = createAddressGuard(['10.1.0.0/16', 'fd12::/32'])

    expect(['10.1.2.3', '::ffff:10.1.2.3', 'fd12::5'].map((address) => guard.allows(address))).toEqual([
      true,
      true,
      true,
    ])
    expect(
      ['10.2.0.1', '::ffff:10.2.0.1', 'fd13::5', '127.0.0.1'].map((address) => guard.allows(address)),
    ).toEqual([false, false, false, false])
  })

  it('looks through NAT64 at the address behind it', () => {
    const guard = createAddressGuard(['64:ff9b::/96'])

    expect(guard.allows('64:ff9b::8.8.8.8')).toBe(true)
    expect(guard.allows('64:ff9b::10.0.0.1')).toBe(false)
  })

  it('opens a metadata service only where its very address is listed', () => {
    expect(createAddressGuard(['169.254.0.0/16', '0.0.0.0/0']).allows('169.254.169.254')).toBe(false)
    expect(createAddressGuard(['169.254.169.254/32']).allows('169.254.169.254')).toBe(true)
    expect(createAddressGuard(['fc00::/7']).allows('fd00:ec2:0::254')).toBe(false)
  })

  it.each(['10.0.0.0/33', '10.0.0/8', 'fd00::/129', '10.0.0.0/', '10.0.0.0/8/8', 'intranet', ''])(
    'names the wrong block %j',
    (block) => {
      expect(() => createAddressGuard([block])).toThrow(`"${block}" is no address block`)
    },
  )
})

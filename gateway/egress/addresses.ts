/**
 * Which addresses a call out may reach. Everything that is not an ordinary public address is refused (loopback, private
 * networks, link-local, carrier NAT, multicast, documentation, tunnels …) unless the channel allows its block.
 * Source: the IANA IPv4 and IPv6 special-purpose address registries (RFC 6890).
 */
import { BlockList, isIP } from 'node:net'

const reservedIpv4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]

/** IPv6 is refused by default: only 2000::/3 is given to hosts, less these parts of it. */
const publicIpv6 = '2000::/3'
const reservedIpv6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']

/** Cloud metadata services hand out credentials. A wide block does not open them; only their very address does. */
const metadataAddresses = ['169.254.169.254', '100.100.100.200', 'fd00:ec2::254']

const reserved = blockListOf([...reservedIpv4, ...reservedIpv6])
const publicV6 = blockListOf([publicIpv6])

export interface AddressGuard {
  /** True where a connection to this IPv4 or IPv6 address (any spelling that `node:net` knows) is allowed. */
  allows(address: string): boolean
}

/** @param allowPrivate CIDR blocks or single addresses. Throws a TypeError that names the first wrong one. */
export function createAddressGuard(allowPrivate: readonly string[]): AddressGuard {
  const allowed = blockListOf(allowPrivate)
  const named = new Set(allowPrivate.map((block) => block.replace(/\/(32|128)$/, '')))
  return {
    allows: (address) =>
      addressesIn(address).every((one) => isAllowed(one, allowed, named)) && isIP(withoutZone(address)) !== 0,
  }
}

function isAllowed(address: string, allowed: BlockList, named: ReadonlySet<string>): boolean {
  if (metadataAddresses.some((metadata) => sameAddress(metadata, address))) return named.has(address)
  return isPublic(address) || allowed.check(address, familyOf(address))
}

function isPublic(address: string): boolean {
  if (reserved.check(address, familyOf(address))) return false
  return isIP(address) === 4 || publicV6.check(address, 'ipv6')
}

/**
 * The addresses that a connection to this one may end at: an IPv4-mapped address is its IPv4 address; one that a NAT64 or
 * 6to4 relay translates counts as itself and as the IPv4 address inside.
 */
function addressesIn(address: string): string[] {
  const plain = withoutZone(address)
  if (isIP(plain) !== 6) return [plain]
  const groups = groupsOf(plain)
  const [first = 0, second = 0, third = 0] = groups
  const tail = ipv4Of(groups[6] ?? 0, groups[7] ?? 0)
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) return [tail]
  if (first === 0x64 && second === 0xff9b) return [plain, tail]
  if (first === 0x2002) return [plain, ipv4Of(second, third)]
  return [plain]
}

/** `fe80::1%eth0` carries the name of a network card. */
function withoutZone(address: string): string {
  return address.replace(/%.*$/, '')
}

/** The eight 16-bit groups of an IPv6 address; the URL parser writes every spelling of it in one way. */
function groupsOf(address: string): number[] {
  const canonical = new URL(`http://[${address}]/`).hostname.slice(1, -1)
  const [head = '', tail] = canonical.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0')
  return [...before, ...zeros, ...after].map((group) => Number.parseInt(group, 16))
}

function ipv4Of(high: number, low: number): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

function sameAddress(one: string, other: string): boolean {
  const family = isIP(one)
  if (family !== isIP(other)) return false
  return family === 4 ? one === other : groupsOf(one).join() === groupsOf(other).join()
}

function blockListOf(blocks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const block of blocks) {
    const [network = '', prefix, ...rest] = block.split('/')
    const bits = isIP(network) === 6 ? 128 : 32
    const length = prefix === undefined ? bits : Number(prefix)
    const wellFormed =
      isIP(network) !== 0 &&
      rest.length === 0 &&
      prefix?.trim() !== '' &&
      Number.isInteger(length) &&
      length >= 0 &&
      length <= bits
    if (!wellFormed)
      throw new TypeError(`"${block}" is no address block. Write it as 10.1.0.0/16 or fd12:3456::/32.`)
    list.addSubnet(network, length, familyOf(network))
  }
  return list
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4'
}

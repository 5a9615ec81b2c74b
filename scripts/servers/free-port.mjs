// @ts-check
import { createServer } from 'node:net'

/**
 * Ports of 127.0.0.1 that nobody listens on, all different.
 * @param {number} many
 * @returns {Promise<number[]>}
 */
export async function freePorts(many) {
  const servers = await Promise.all(Array.from({ length: many }, listening))
  const ports = servers.map((server) => {
    const address = server.address()
    return typeof address === 'object' && address ? address.port : 0
  })
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

/** @returns {Promise<number>} */
export async function freePort() {
  const [port = 0] = await freePorts(1)
  return port
}

/** @returns {Promise<import('node:net').Server>} */
function listening() {
  const server = createServer()
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => resolve(server))
  })
}

// @ts-check
import { spawnSync } from 'node:child_process'
import { ensurePackages } from './apt.mjs'

/** Debian's python3 with zeep, a SOAP client that nobody here wrote. It is no server: a test calls it as a program. */
export async function ensureZeep() {
  await ensurePackages(
    ['python3-zeep'],
    () => spawnSync('/usr/bin/python3', ['-c', 'import zeep'], { stdio: 'ignore' }).status === 0,
  )
}

/** Reads what `node --cpu-prof` wrote. */

export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly children?: readonly number[]
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  }[]
  /** Node on top of the stack at each sample, and microseconds since the sample before. */
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
  /** Monotonic clock, microseconds. */
  readonly startTime: number
}

/** The part of a profile between two times of the monotonic clock. */
export function during(profile: CpuProfile, fromUs: number, untilUs: number): CpuProfile {
  let at = profile.startTime
  const kept = profile.timeDeltas.flatMap((delta, n) => {
    at += delta
    return at >= fromUs && at <= untilUs ? [n] : []
  })
  return {
    ...profile,
    startTime: fromUs,
    samples: kept.map((n) => profile.samples[n] ?? 0),
    timeDeltas: kept.map((n) => profile.timeDeltas[n] ?? 0),
  }
}

export interface SelfTime {
  /** `function file:line`. */
  readonly name: string
  readonly module: string
  readonly us: number
}

const root = new URL('../../../', import.meta.url).href

/** `gateway/intake`, `node:internal/crypto`, `postgres`, or the name where there is no file. */
function moduleOf(file: string, name: string): string {
  const nodePackage = /node_modules\/((?:@[^/]+\/)?[^/]+)(?!.*node_modules\/)/.exec(file)?.[1]
  if (nodePackage !== undefined) return nodePackage
  if (file === '') return name
  return file.split('/').slice(0, 2).join('/')
}

const shortFile = (url: string) => (url.startsWith(root) ? url.slice(root.length) : url)

function ownTimes({ samples, timeDeltas }: CpuProfile): Map<number, number> {
  const byNode = new Map<number, number>()
  samples.forEach((id, n) => byNode.set(id, (byNode.get(id) ?? 0) + (timeDeltas[n] ?? 0)))
  return byNode
}

/** Time of our own functions with all that they call, longest first. What runs after an `await` is no part of its caller's. */
export function totalTimes(profile: CpuProfile): { name: string; us: number }[] {
  const own = ownTimes(profile)
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]))
  const byName = new Map<string, number>()
  const sumOf = (id: number, above: ReadonlySet<string>): number => {
    const node = nodes.get(id)
    if (node === undefined) return 0
    const { functionName, url, lineNumber } = node.callFrame
    const isOurs = url.startsWith(root) && !url.includes('node_modules')
    const name = `${functionName === '' ? '(unnamed)' : functionName} ${shortFile(url)}:${lineNumber + 1}`
    const inside = isOurs ? new Set(above).add(name) : above
    const us = (node.children ?? []).reduce((sum, child) => sum + sumOf(child, inside), own.get(id) ?? 0)
    if (isOurs && !above.has(name)) byName.set(name, (byName.get(name) ?? 0) + us)
    return us
  }
  const [top] = profile.nodes
  if (top !== undefined) sumOf(top.id, new Set())
  return [...byName].map(([name, us]) => ({ name, us })).toSorted((a, b) => b.us - a.us)
}

/** Self time of every function that was seen at work, longest first. Idling is left out. */
export function selfTimes(profile: CpuProfile): SelfTime[] {
  const byNode = ownTimes(profile)
  const byName = new Map<string, SelfTime>()
  for (const { id, callFrame } of profile.nodes) {
    const us = byNode.get(id) ?? 0
    if (us === 0 || callFrame.functionName === '(idle)') continue
    const file = shortFile(callFrame.url)
    const called = callFrame.functionName === '' ? '(unnamed)' : callFrame.functionName
    const name = file === '' ? called : `${called} ${file}:${callFrame.lineNumber + 1}`
    byName.set(name, { name, module: moduleOf(file, called), us: us + (byName.get(name)?.us ?? 0) })
  }
  return [...byName.values()].toSorted((a, b) => b.us - a.us)
}

export function modulesOf(times: readonly SelfTime[]): { name: string; us: number }[] {
  const sums = new Map<string, number>()
  for (const { module, us } of times) sums.set(module, (sums.get(module) ?? 0) + us)
  return [...sums].map(([name, us]) => ({ name, us })).toSorted((a, b) => b.us - a.us)
}

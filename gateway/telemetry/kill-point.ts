/**
 * Named places where tests kill the process. `GUIYI_KILL_AT=writeback.after-claim` kills at the first pass, `…:7` at the
 * seventh. Without the variable nothing is looked at twice.
 */
export const killPoints = [
  'intake.before-commit',
  'intake.after-commit',
  'intake.receipt-only',
  'poll.before-commit',
  'linking.before-commit',
  'linking.after-commit',
  'dispatch.after-append',
  'writeback.after-fan-out',
  'writeback.after-claim',
  'writeback.before-call',
  'writeback.after-call',
  'writeback.after-settle',
] as const
export type KillPoint = (typeof killPoints)[number]

/** Reads the variable once. Throws where it names no kill point. */
export function createKillPoints(setting: string | undefined): (point: KillPoint) => void {
  if (setting === undefined || setting === '') return () => undefined
  const [name, nth = '1'] = setting.split(':')
  if (!killPoints.some((point) => point === name))
    throw new Error(`GUIYI_KILL_AT names "${name}", which is none of: ${killPoints.join(', ')}.`)
  let left = Number(nth)
  return (point) => {
    if (point !== name) return
    left -= 1
    if (left === 0) process.kill(process.pid, 'SIGKILL')
  }
}

/**
 * What several writers of one transaction come to, whose statements go to the database without waiting for each other. A failure
 * is thrown once all of them have ended: a writer of several steps that went on after the rollback would write outside of it.
 */
export async function inOneGo<const Work extends readonly PromiseLike<unknown>[]>(
  work: Work,
): Promise<{ -readonly [Index in keyof Work]: Awaited<Work[Index]> }> {
  await Promise.allSettled(work)
  return await Promise.all(work)
}

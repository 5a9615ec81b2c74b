/** Statements that need nothing of each other's answers, sent one after the other without waiting: one way there and back. */
export interface Pipeline {
  add(statement: Promise<unknown>): void
  /** Rejects with the first failure: that of a later statement only says that the transaction is lost. */
  settled(): Promise<void>
}

export function createPipeline(): Pipeline {
  const statements: Promise<unknown>[] = []
  return {
    add: (statement) => {
      // Waited for below; until then a failure is nobody's yet.
      statement.catch(() => undefined)
      statements.push(statement)
    },
    settled: async () => {
      for (const statement of statements) await statement
    },
  }
}

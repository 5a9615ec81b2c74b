import type { Sql, Tx } from './client.ts'

/** A stage's one active owner. `token` grows with each new owner: an old owner's commit fails on it. */
export interface Lease {
  readonly name: string
  readonly token: number
}

/** Takes or renews the lease; null while another holder has it. */
export async function takeLease(
  sql: Sql,
  lease: { name: string; holder: string; forMs: number },
): Promise<Lease | null> {
  const rows = await sql<{ token: string }[]>`
    insert into leases as l (name, holder, token, expires_at)
    values (${lease.name}, ${lease.holder}, 1, now() + ${lease.forMs} * interval '1 millisecond')
    on conflict (name) do update set
      token = case when l.holder = excluded.holder then l.token else l.token + 1 end,
      holder = excluded.holder, expires_at = excluded.expires_at
    where l.holder = excluded.holder or l.expires_at < now()
    returning token`
  const row = rows[0]
  return row === undefined ? null : { name: lease.name, token: Number(row.token) }
}

/** Gives the lease back, so that the next owner need not wait for its end. */
export async function releaseLease(sql: Sql, lease: { name: string; holder: string }): Promise<void> {
  await sql`update leases set expires_at = now() - interval '1 millisecond' where name = ${lease.name} and holder = ${lease.holder}`
}

export class LeaseLostError extends Error {
  constructor(lease: Lease) {
    super(
      `Another process took over "${lease.name}" (token ${lease.token} is no longer the newest). Nothing was written.`,
    )
    this.name = 'LeaseLostError'
  }
}

/** Fencing: inside the owner's transaction. Holds off a new owner until this commit. Throws LeaseLostError. */
export async function checkLease(tx: Tx, lease: Lease): Promise<void> {
  const rows = await tx`select 1 from leases where name = ${lease.name} and token = ${lease.token} for share`
  if (rows.length === 0) throw new LeaseLostError(lease)
}

/** `2025-11-22 08:15:00`, Asia/Shanghai, which has no summer time. */
export function chinaTime(at: Date): string {
  return new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ')
}

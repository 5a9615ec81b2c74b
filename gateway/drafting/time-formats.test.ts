import { expect, test } from 'vitest'
import { findTimeFormats } from './time-formats.ts'

test.each([
  [['2026-11-02 09:05:00', '2026-11-12 10:15:30'], ['yyyy-MM-dd HH:mm:ss']],
  [['2026-11-02 09:05:00.0'], ['yyyy-MM-dd HH:mm:ss.S']],
  [['2026/11/2 9:05', '2026/11/12 10:15'], ['yyyy/M/d H:mm']],
  [['2026年11月2日 9时5分', '2026年11月12日 10时15分'], ['yyyy年M月d日 H时m分']],
  [['2026年11月2日9时5分30秒'], ['yyyy年M月d日H时m分ss秒']],
  [['2026.11.02'], ['yyyy.MM.dd']],
  [['20261102090500'], ['yyyyMMddHHmmss']],
  [['20261102'], ['yyyyMMdd']],
  [['1792000000'], ['epoch-s']],
  [['1792000000000'], ['epoch-ms']],
  [['2026-11-02T09:05:00+08:00', '2026-11-02T01:05:00Z'], ['iso']],
  [['Mon, 02 Nov 2026 09:05:00 +0800'], ['rfc822']],
  [['22/11/2026 09:05', '05/11/2026 10:05'], ['d/M/yyyy H:mm']],
  [
    ['2026-11-02 09:05:00', '2026/11/2'],
    ['yyyy-MM-dd HH:mm:ss', 'yyyy/M/d'],
  ],
  [['05/11/2026'], []],
  [['2026-13-40'], []],
  [['明天下午'], []],
  [[], []],
])('%j are read by %j', (texts, formats) => {
  expect(findTimeFormats(texts)).toEqual(formats)
})

import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'

/** The gateway's own figures, read at /metrics. */
export interface Metrics {
  readonly registry: Registry
  readonly records: Counter<'channel' | 'end'>
  readonly refused: Counter<'channel' | 'code'>
  readonly decisions: Counter<'decision'>
  readonly deliveries: Counter<'channel' | 'outcome'>
  readonly files: Counter<'channel' | 'end'>
  readonly stageLag: Gauge<'stage'>
  readonly batchRows: Histogram<'stage'>
  readonly silentChannels: Gauge
  readonly topicWarnings: Gauge
  readonly casesHeld: Gauge
  readonly holdsReleased: Counter<'by'>
}

export function createMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'guiyi_' })
  const registers = [registry]
  return {
    registry,
    records: new Counter({
      name: 'guiyi_records_total',
      help: 'Records by channel and where they ended',
      labelNames: ['channel', 'end'],
      registers,
    }),
    refused: new Counter({
      name: 'guiyi_refused_total',
      help: 'Payloads refused before anything was stored',
      labelNames: ['channel', 'code'],
      registers,
    }),
    decisions: new Counter({
      name: 'guiyi_link_decisions_total',
      help: 'Reports by link decision',
      labelNames: ['decision'],
      registers,
    }),
    deliveries: new Counter({
      name: 'guiyi_delivery_tries_total',
      help: 'Tries by channel and outcome',
      labelNames: ['channel', 'outcome'],
      registers,
    }),
    files: new Counter({
      name: 'guiyi_files_total',
      help: 'Files of reports and messages by channel and end: stored, refused, failed; retried counts tries',
      labelNames: ['channel', 'end'],
      registers,
    }),
    stageLag: new Gauge({
      name: 'guiyi_stage_lag_seconds',
      help: 'Age of the oldest item that waits for a stage',
      labelNames: ['stage'],
      registers,
    }),
    batchRows: new Histogram({
      name: 'guiyi_batch_rows',
      help: 'Items that one commit took',
      labelNames: ['stage'],
      buckets: [1, 2, 5, 10, 25, 50, 100, 250, 1000],
      registers,
    }),
    silentChannels: new Gauge({
      name: 'guiyi_silent_channels',
      help: 'Channels quiet for longer than their usual pattern',
      registers,
    }),
    topicWarnings: new Gauge({
      name: 'guiyi_topic_warnings',
      help: 'Open warnings of topics that grow unusually',
      registers,
    }),
    casesHeld: new Gauge({
      name: 'guiyi_cases_held',
      help: 'Cases that wait for a clerk before the dispatch hears of them',
      registers,
    }),
    holdsReleased: new Counter({
      name: 'guiyi_holds_released_total',
      help: 'Held cases that the dispatch heard of, by what released them: answer, expiry, urgency, act',
      labelNames: ['by'],
      registers,
    }),
  }
}

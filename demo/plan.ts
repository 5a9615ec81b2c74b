/** Who says what, when, through which channel: decided before anything runs, from the seed alone. */
import { hashOf, randomFor, type Random } from './random.ts'
import type { Message } from './messages.ts'

export interface Person {
  readonly id: string
  readonly name: string
  readonly phone: string
}

/** What a partner does about a report of its own later on, and the share of reports it does it with. */
const followUpShares = {
  repeat: 0.06,
  change: 0.04,
  supplement: 0.05,
  urge: 0.05,
  withdraw: 0.005,
  redo: 0.01,
  evaluate: 0.06,
} as const
export type FollowUp = keyof typeof followUpShares
export const allFollowUps = Object.keys(followUpShares) as readonly FollowUp[]

/** One message on its way into one channel, under that channel's own number. */
export interface Submission {
  readonly externalId: string
  /** After the start, milliseconds. */
  readonly dueMs: number
  readonly message: Message
  readonly person: Person
  readonly followUps: readonly FollowUp[]
  /** Forums: the opinion-monitoring service pushes this post as well. */
  readonly isWatched: boolean
}

export interface ChannelPlan {
  readonly channel: string
  /** Share of all messages, relative to the others'. */
  readonly weight: number
  readonly externalId: (index: number) => string
  /** How a matter begins here that was told elsewhere before: one of these. */
  readonly retells: readonly string[]
  /** What it can do about a report of its own. */
  readonly followUps: readonly FollowUp[]
}

const severalChannels = 0.15
const twiceInOne = 0.05

/** Submissions by channel, by the time they are due. `ratePerS` counts submissions of all channels together. */
export function planSubmissions(
  messages: readonly Message[],
  options: { channels: readonly ChannelPlan[]; seed: number; ratePerS: number },
): Map<string, Submission[]> {
  const random = randomFor(options.seed, 'plan')
  const plans = new Map<string, Submission[]>(options.channels.map(({ channel }) => [channel, []]))
  let sent = 0
  for (const [index, message] of messages.entries()) {
    // However few there are, every channel has its part.
    const first = options.channels[index] ?? weighted(options.channels, random)
    const others = random.shuffled(options.channels.filter((channel) => channel !== first))
    const targets = [
      first,
      ...(random.chance(severalChannels) ? others.slice(0, random.chance(0.3) ? 2 : 1) : []),
      ...(random.chance(twiceInOne) ? [first] : []),
    ]
    for (const [place, target] of targets.entries()) {
      const plan = plans.get(target.channel) ?? []
      const isOther = place > 0
      plan.push({
        externalId: target.externalId(plan.length),
        dueMs: Math.round((sent / options.ratePerS) * 1000) + (isOther ? 200 + random.below(2000) : 0),
        message: isOther ? retold(message, target, place) : message,
        person: personOf(isOther && random.chance(0.7) ? `${message.user}-${place}` : message.user),
        followUps: followUpsOf(target, random),
        isWatched: random.chance(0.6),
      })
      sent += 1
    }
  }
  for (const plan of plans.values()) plan.sort((a, b) => a.dueMs - b.dueMs)
  return plans
}

function weighted(channels: readonly ChannelPlan[], random: Random): ChannelPlan {
  let left = random.next() * channels.reduce((sum, channel) => sum + channel.weight, 0)
  const found = channels.find((channel) => (left -= channel.weight) < 0) ?? channels[0]
  if (found === undefined) throw new Error('A plan needs a channel.')
  return found
}

/** Another channel has the same matter with a few words of its own around it. */
function retold(message: Message, target: ChannelPlan, place: number): Message {
  const before = target.retells[place % target.retells.length] ?? ''
  return { ...message, text: `${before}${message.text}` }
}

function followUpsOf({ followUps }: ChannelPlan, random: Random): FollowUp[] {
  return followUps.filter((followUp) => random.chance(followUpShares[followUp]))
}

const surnames = '赵钱孙李周吴郑王冯陈卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜'
const givenNames = [
  '建国',
  '秀英',
  '志强',
  '丽华',
  '小军',
  '桂兰',
  '海燕',
  '文博',
  '雪梅',
  '浩然',
  '思远',
  '玉珍',
  '国庆',
  '佳怡',
  '永福',
  '春花',
]

/** An invented person: the same user has the same name and number everywhere. */
function personOf(user: string): Person {
  const hash = hashOf(user)
  const name = `${surnames[hash % surnames.length]}${givenNames[Math.floor(hash / 64) % givenNames.length]}`
  return { id: user, name, phone: `199${String(hash % 100_000_000).padStart(8, '0')}` }
}

/** Gateways with several hotline channels. */
import { hotlineChannel, startHotline, startHouse, type Hotline, type House } from './house.ts'

/** A gateway with two hotlines, `hotline-a` and `hotline-b`, each with a ledger of its own, in this order. */
export async function startTwoHotlines(): Promise<{
  hotlines: Hotline[]
  house: House
  stop: () => Promise<void>
}> {
  const hotlines = [await startHotline(), await startHotline()]
  const house = await startHouse(
    hotlines.map(({ url }, n) => hotlineChannel(url, { channel: n === 0 ? 'hotline-a' : 'hotline-b' })),
  )
  const stop = async () => {
    await house.stop()
    await Promise.all(hotlines.map((hotline) => hotline.close()))
  }
  return { hotlines, house, stop }
}

/** A gateway with one hotline behind three channels: `hotline-a`, `hotline-b` and `hotline-c`. */
export async function startThreeChannels(): Promise<{
  hotline: Hotline
  house: House
  stop: () => Promise<void>
}> {
  const hotline = await startHotline()
  const house = await startHouse(
    ['hotline-a', 'hotline-b', 'hotline-c'].map((channel) => hotlineChannel(hotline.url, { channel })),
  )
  const stop = async () => {
    await house.stop()
    await hotline.close()
  }
  return { hotline, house, stop }
}

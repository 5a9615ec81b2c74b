import { describe, expect, it } from 'vitest'
import { splitQuoted } from './quoting.ts'

const own = '补充：23号灯杆还在漏电。'
const before = '您的来信已受理。'

describe('what a reply quotes is cut off and kept', () => {
  it.each([
    [
      'QQ 邮箱',
      `------------------ 原始邮件 ------------------\n发件人: "平安区领导信箱" <letters@example.gov.cn>;\n发送时间: 2026年11月22日(星期日) 上午10:00\n\n${before}`,
    ],
    ['QQ 邮箱手机版', `---原始邮件---\n发件人: "领导信箱"<letters@example.gov.cn>\n\n${before}`],
    ['QQ mail, English', `------------------ Original ------------------\nFrom: "letters"\n\n${before}`],
    ['163 网页版', `在 2026-11-22 10:00:00，"平安区领导信箱" <letters@example.gov.cn> 写道：\n\n${before}`],
    ['163 webmail, old', `At 2026-11-22 10:00:00, "letters" <letters@example.gov.cn> wrote:\n>${before}`],
    ['163 手机版', `---- 回复的原邮件 ----\n发件人 | 领导信箱\n${before}`],
    [
      'Foxmail',
      `\n发件人： 平安区领导信箱\n发送时间： 2026-11-22 10:00\n收件人： wang\n主题： 答复\n${before}`,
    ],
    [
      'Outlook 中文',
      `________________________________\n发件人: letters@example.gov.cn\n发送时间: 2026年11月22日 10:00\n收件人: 王小明\n主题: 答复\n\n${before}`,
    ],
    ['Outlook 原始邮件', `-----原始邮件-----\n发件人: letters\n${before}`],
    ['Outlook, English', `-----Original Message-----\nFrom: letters@example.gov.cn\n${before}`],
    [
      'Outlook, English, without a line',
      `From: letters@example.gov.cn\nSent: Sunday, November 22, 2026\nTo: wang\nSubject: x\n\n${before}`,
    ],
    ['Gmail 中文', `平安区领导信箱 <letters@example.gov.cn> 于2026年11月22日周日 10:00写道：\n> ${before}`],
    ['Gmail', `On Sun, Nov 22, 2026 at 10:00 AM Letters <letters@example.gov.cn> wrote:\n> ${before}`],
    [
      'Gmail, broken in two',
      `On Sun, Nov 22, 2026 at 10:00 AM Letters Of The District\n<letters@example.gov.cn> wrote:\n> ${before}`,
    ],
    [
      'Apple Mail 中文',
      `2026年11月22日 10:00，平安区领导信箱 <letters@example.gov.cn> 写道：\n\n> ${before}`,
    ],
    [
      'iPhone 中文',
      `发自我的 iPhone\n\n在 2026年11月22日，10:00，领导信箱 <letters@example.gov.cn> 写道：\n\n${before}`,
    ],
  ])('%s', (_, quote) => {
    const { text, quoted } = splitQuoted(`${own}\n\n${quote}`)

    expect(text.replace('发自我的 iPhone', '').trim()).toBe(own)
    expect(quoted).toContain(before)
  })

  it('where the answer stands below its quotation', () => {
    expect(
      splitQuoted(`On Sun, Nov 22, 2026 at 10:00 AM Letters <l@e.cn> wrote:\n> ${before}\n>\n\n${own}`),
    ).toEqual({
      text: own,
      quoted: `On Sun, Nov 22, 2026 at 10:00 AM Letters <l@e.cn> wrote:\n> ${before}\n>`,
    })
  })

  it('where answers stand between the lines', () => {
    expect(splitQuoted(`> 是否属实？\n属实。\n> 是否解决？\n没有。`)).toEqual({
      text: '属实。\n没有。',
      quoted: '> 是否属实？\n> 是否解决？',
    })
  })
})

describe('what is no quotation stays', () => {
  it.each([
    ['a line of dashes', '一、路灯不亮\n--------\n二、井盖缺失'],
    ['a word that only begins so', '发件人：王小明\n我家门口的路灯不亮。'],
    ['a sentence about a date', '在 2026年11月22日，我在望潮路看到井盖缺失。'],
    ['a sentence that ends in a colon', '在公告栏里物业写道：\n12月停水两天。\n请核实。'],
    ['a line of underscores', '____________________\n签名'],
  ])('%s', (_, text) => {
    expect(splitQuoted(text)).toEqual({ text, quoted: '' })
  })

  it('a reply of nothing but quotation is kept whole', () => {
    const text = `> ${before}`

    expect(splitQuoted(text)).toEqual({ text, quoted: '' })
  })
})

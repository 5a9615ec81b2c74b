/** What the comments of a draft ask a person to do: state the coordinate system and the issuer, and fill the code tables. */
export function completed(yaml: string): string {
  const codes: { readonly [table: string]: string } = {
    kind: 'complaint',
    category: '990101',
    urgency: 'normal',
    coordinates: 'WGS-84',
    replyBy: 'phone',
  }
  let table = ''
  return yaml
    .split('\n')
    .map((line) => {
      table = /^ {2}(\w+):$/.exec(line)?.[1] ?? table
      if (/^ {4}# table:$/.test(line)) return line.replace('# ', '')
      const row = /^ {6}# (.+?):(?: +#.*)?$/.exec(line)
      if (row !== null && codes[table] !== undefined && !line.includes('：'))
        return `      ${row[1]}: '${codes[table]}'`
      if (/^ {6}# location\.point:/.test(line))
        return line.replace('# ', '').replace('system:', 'system: WGS-84')
      if (/^ {6}# references\[0\]/.test(line))
        return line.replace('# ', '').replace('{ value: }', '{ value: city-12345 }')
      return line
    })
    .join('\n')
}

/** Plain SVG pictures of figures: readable on light and dark pages, Chinese above English. */

export const pictureWidth = 860

const style = `
  svg { font-family: "Noto Sans SC", "PingFang SC", "Microsoft YaHei", system-ui, sans-serif }
  .paper { fill: #ffffff } .ink { fill: #1f2933 } .faint { fill: #616e7c } .line { stroke: #cbd2d9 }
  .ours { fill: #0b7285 } .theirs { fill: #adb5bd } .bare { fill: #dee2e6 } .node { fill: #2b8a3e } .postgres { fill: #3b5bdb }
  .curve { fill: none; stroke: #0b7285; stroke-width: 2 } .bound { stroke: #c92a2a; stroke-dasharray: 4 4 } .aim { fill: #c92a2a }
  .title { font-size: 19px; font-weight: 600 } .head { font-size: 14px; font-weight: 600 } .zh { font-size: 13px } .en { font-size: 11px }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #14181d } .ink { fill: #e4e7eb } .faint { fill: #9aa5b1 } .line { stroke: #3e4c59 }
    .ours { fill: #3bc9db } .theirs { fill: #7b8794 } .bare { fill: #52606d } .node { fill: #69db7c } .postgres { fill: #91a7ff }
    .curve { stroke: #3bc9db } .bound { stroke: #ff8787 } .aim { fill: #ff8787 }
  }`

const escaped = (content: string) => content.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

/** A line of text; `classes` of the style above. */
export function text(x: number, y: number, classes: string, content: string, anchor = 'start'): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" class="${classes}" text-anchor="${anchor}">${escaped(content)}</text>`
}

/** A page with its title and, below it, what was measured how. */
export function picture(page: {
  title: string
  note: string
  height: number
  drawn: readonly string[]
}): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${pictureWidth} ${page.height}" width="${pictureWidth}" height="${page.height}" role="img" aria-labelledby="t">
<title id="t">${escaped(page.title)}</title>
<style>${style}
</style>
<rect width="${pictureWidth}" height="${page.height}" class="paper"/>
${text(24, 38, 'title ink', page.title)}
${text(24, 62, 'en faint', page.note)}
${page.drawn.join('\n')}
</svg>
`
}

/** 12319 hotlines: SOAP 1.1 and 1.2, with an XML work order in one string parameter, some in GB18030. */
import { escapeXml } from './xml.ts'
import { categoryTable, kindTable } from './code-tables.ts'
import { baseUrlOf, type Family, type Making, type Way } from './place.ts'
import { timeForms } from './words.ts'
import { elements } from './xml.ts'

const callback = 'http://callback.hotline12319.example/'

function inboundWay({ index, inbound, channel }: Making): Way {
  const login = { user: channel, password: inbound.reference }
  switch (index % 5) {
    case 0:
      return {
        settings: { authentication: { ...login } },
        proof: { kind: 'basic', user: channel, password: inbound.value },
      }
    case 1:
      return {
        settings: { authentication: { kind: 'header', header: 'X-Token', secret: inbound.reference } },
        proof: { kind: 'header', header: 'x-token', value: inbound.value },
      }
    case 2:
      return {
        settings: { authentication: { kind: 'username-token', ...login, form: 'digest' } },
        proof: { kind: 'username-token', user: channel, password: inbound.value, form: 'digest' },
      }
    case 3:
      return {
        settings: { authentication: { kind: 'username-token', ...login } },
        proof: { kind: 'username-token', user: channel, password: inbound.value, form: 'text' },
      }
    default:
      return { settings: { authentication: { kind: 'api-key' } }, proof: { kind: 'key' } }
  }
}

function outboundWay({ index, outbound, channel }: Making): Way {
  const login = { user: channel, password: outbound.reference }
  const named = { user: channel, password: outbound.value }
  switch (index % 4) {
    case 0:
      return { settings: { parameters: { jkkl: outbound.reference } }, proof: { kind: 'none' } }
    case 1:
      return {
        settings: { login: { kind: 'basic', ...login }, version: '1.2' },
        proof: { kind: 'basic', ...named },
      }
    case 2:
      return {
        settings: { login: { kind: 'username-token', ...login }, encoding: 'gb18030' },
        proof: { kind: 'username-token', ...named, form: 'text' },
      }
    default:
      return {
        settings: { headers: { 'X-Token': outbound.reference }, version: '1.2' },
        proof: { kind: 'header', header: 'x-token', value: outbound.value },
      }
  }
}

function answerOf(version: unknown): { contentType: string; body: string } {
  const result = '<result><code>0000</code><slh>S1</slh></result>'
  const namespace =
    version === '1.2'
      ? 'http://www.w3.org/2003/05/soap-envelope'
      : 'http://schemas.xmlsoap.org/soap/envelope/'
  return {
    contentType: version === '1.2' ? 'application/soap+xml; charset=utf-8' : 'text/xml; charset=utf-8',
    body: `<e:Envelope xmlns:e="${namespace}"><e:Body><r:updateStatusResponse xmlns:r="${callback}"><r:return>${escapeXml(result)}</r:return></r:updateStatusResponse></e:Body></e:Envelope>`,
  }
}

export const hotline12319: Family = (making) => {
  const { random, matter, kind, index, channel, accepted: code } = making
  const inbound = inboundWay(making)
  const outbound = outboundWay(making)
  const categories = categoryTable(random, matter)
  const kinds = kindTable(random, kind)
  const time = index % 2 === 0 ? timeForms.plain : timeForms.dense
  const order = elements({
    gdbh: making.externalId,
    gdlx: kinds.code,
    lbbm: categories.code,
    bt: making.title,
    ajms: making.content,
    ldsj: time.write(making.submittedAt),
    ajdz: making.address,
  })
  const gdxml = escapeXml(`<gdxx><gd>${order}</gd></gdxx>`)
  return {
    file: {
      feeds: {
        workorder: {
          settings: { ...inbound.settings, service: { namespace: `http://gateway.example/${channel}/` } },
          fields: { category: { from: 'lbbm', codes: 'category' }, sourceCategory: 'lbbm' },
        },
      },
      reverse: {
        settings: { endpoint: `${baseUrlOf(making)}/CallbackService`, ...outbound.settings },
        events: { registered: { action: 'call', request: 'status', code, class: 'acceptance' } },
      },
      codes: { category: { table: categories.table }, orderType: { table: kinds.table } },
    },
    incoming: {
      kind: 'soap',
      path: 'feeds/workorder',
      version: index % 2 === 0 ? '1.1' : '1.2',
      encoding: index % 3 === 0 ? 'gb18030' : 'utf-8',
      body: `<o:submitWorkOrder xmlns:o="http://gateway.example/${channel}/"><o:gdxml>${gdxml}</o:gdxml></o:submitWorkOrder>`,
      proof: inbound.proof,
    },
    told: {
      kind: 'call',
      form: 'soap',
      field: 'ztbm',
      code,
      proof: outbound.proof,
      answer: answerOf(outbound.settings['version']),
    },
  }
}

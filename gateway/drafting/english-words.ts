/** Words that many systems write otherwise. On the left as the lexicon has them. */
const synonyms = `
  id: no num number uid uuid guid sn sid
  matter: order ticket case report event issue complaint request appeal task work incident item letter message post thread serial matters demand petition workorder
  text: content body detail details desc description descr
  title: subject headline
  type: typ types
  category: cate cat classification class catalog
  time: date datetime at on dt ts timestamp tm day
  submit: submitted reported raised asked called sent
  create: created creation add added insert gmt opened
  found: find discovered discover
  receive: received
  accept: accepted
  register: registered
  publish: published posted pub
  occur: occurred happen happened
  later: update updated modify modified finish finished close closed end ended resolve resolved expire expired handle handled
  reply: replied answer response
  system: sys
  urgency: emergency
  address: addr
  longitude: lng lon long
  latitude: lat
  coordinate: coordinates coord coords
  location: loc
  community: communities
  person: caller citizen reporter complainant applicant submitter contact contacts informant resident user appellant sender petitioner author people customer linkman visitor
  phone: tel telephone mobile cell cellphone phonenumber phoneno telno
  call: calling
  identity: idcard identitycard idno certificate cert idnum
  email: mail mailbox
  file: files
  attachment: attachments attach attaches annex enclosure
  photo: photos image images img imgs picture pictures pic pics snapshot
  url: urls link path paths list
  tag: tags
  label: labels
  city: municipality
  origin: original
  third: thirdparty
  component: facility
  department: dept org organization organisation office
  handler: assignee undertaker executor processor responsible
  worker: agent seat staff employee
  operator: oper
  status: stat
  remark: remarks memo note notes comment comments
  urgent: isurgent
  secret: private privacy issecret
  anonymous: isanonymous anon
  sensitive: important iskey
`

/** Each known word as the lexicon writes it. */
export const englishSynonyms: ReadonlyMap<string, string> = new Map(
  synonyms
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [word = '', others = ''] = line.trim().split(': ')
      return [word, ...others.split(' ')].map((other) => [other, word] as const)
    }),
)

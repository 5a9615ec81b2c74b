/** What each level of a comparison is called. Where a part measured something its `detail` goes before, in English as it stands. */

interface Words {
  readonly zh: string
  readonly en: string
}

const noPerson = { zh: '诉求人不明', en: 'person not known on both sides' }
const otherPerson = { zh: '不同诉求人', en: 'different person' }

const place = {
  sameSite: { zh: '同一小区或单位', en: 'same compound' },
  mentionedSite: { zh: '一方提到另一方的小区或单位', en: 'one mentions the compound of the other' },
  sameRoad: { zh: '同一道路', en: 'same road' },
  mentionedRoad: { zh: '一方提到另一方的道路', en: 'one mentions the road of the other' },
  sameCommunity: { zh: '同一社区', en: 'same community' },
  sameStreet: { zh: '同一街道', en: 'same street' },
  sameDistrict: { zh: '同一区', en: 'same district' },
  unknown: { zh: '地点不明', en: 'no place known on both sides' },
  conflicting: { zh: '地点不同', en: 'different places' },
}

export const levelWords: { readonly [field: string]: { readonly [level: string]: Words } } = {
  reference: {
    same: { zh: '同一来源的同一编号', en: 'same number of the same issuer' },
    related: { zh: '一方引用另一方的编号', en: 'one names the other as related' },
    none: { zh: '无相同编号', en: 'no number in common' },
  },
  person: {
    same: { zh: '同一诉求人', en: 'same person' },
    sameOfMany: { zh: '同一多次诉求人', en: 'same person of many reports' },
    different: otherPerson,
    unknown: noPerson,
  },
  component: {
    same: { zh: '同一部件', en: 'same component' },
    different: { zh: '同类的不同部件', en: 'different component of the same type' },
    unknown: { zh: '部件不明', en: 'component not known on both sides' },
  },
  distance: {
    within30m: { zh: '相距30米以内', en: 'within 30 m' },
    within100m: { zh: '相距100米以内', en: 'within 100 m' },
    within300m: { zh: '相距300米以内', en: 'within 300 m' },
    within1km: { zh: '相距1公里以内', en: 'within 1 km' },
    apart: { zh: '相距1公里以上', en: 'more than 1 km apart' },
    unknown: { zh: '坐标不明', en: 'no point on both sides' },
  },
  place,
  site: place,
  writer: {
    alike: { zh: '同一诉求人，用语相近', en: 'same person, similar words' },
    other: { zh: '同一诉求人，用语不同', en: 'same person, other words' },
    manyAlike: { zh: '同一多次诉求人，用语相近', en: 'same person of many reports, similar words' },
    manyOther: { zh: '同一多次诉求人，用语不同', en: 'same person of many reports, other words' },
    another: otherPerson,
    unknown: noPerson,
  },
  area: {
    conflict: { zh: '所属区不同', en: 'different districts' },
    open: { zh: '所属区无矛盾', en: 'no other district' },
  },
  again: {
    samePerson: { zh: '称此前已反映', en: 'says that it was reported before' },
    no: { zh: '未称此前反映', en: 'does not say that it was reported before' },
  },
  matterHere: {
    hereApart: { zh: '同一地点，事项不同', en: 'another matter at the same place' },
    hereFar: { zh: '同一地点，事项少有相似', en: 'hardly the same matter at the same place' },
    hereNear: { zh: '同一地点，事项相近', en: 'a like matter at the same place' },
    hereAlike: { zh: '同一地点，事项相同', en: 'the same matter at the same place' },
    aroundApart: { zh: '地点不明确，事项不同', en: 'another matter, the place is not sure' },
    aroundFar: { zh: '地点不明确，事项少有相似', en: 'hardly the same matter, the place is not sure' },
    aroundNear: { zh: '地点不明确，事项相近', en: 'a like matter, the place is not sure' },
    aroundAlike: { zh: '地点不明确，事项相同', en: 'the same matter, the place is not sure' },
    elsewhereApart: { zh: '地点不同，事项不同', en: 'another matter at another place' },
    elsewhereFar: { zh: '地点不同，事项少有相似', en: 'hardly the same matter at another place' },
    elsewhereNear: { zh: '地点不同，事项相近', en: 'a like matter at another place' },
    elsewhereAlike: { zh: '地点不同，事项相同', en: 'the same matter at another place' },
  },
  category: {
    same: { zh: '类别相同', en: 'same category' },
    sameGroup: { zh: '同一大类', en: 'same group of categories' },
    related: { zh: '类别常同时出现', en: 'categories that often go together' },
    different: { zh: '类别不同', en: 'other category' },
    unknown: { zh: '类别不明', en: 'category not known on both sides' },
  },
  time: {
    withinDay: { zh: '相隔不到一天', en: 'within a day' },
    withinWeek: { zh: '相隔一周以内', en: 'within a week' },
    withinMonth: { zh: '相隔一月以内', en: 'within a month' },
    withinQuarter: { zh: '相隔三个月以内', en: 'within three months' },
    withinYear: { zh: '相隔一年以内', en: 'within a year' },
    later: { zh: '相隔一年以上', en: 'more than a year apart' },
  },
  case: {
    open: { zh: '案件未结', en: 'case is open' },
    closed: { zh: '案件已结', en: 'case is closed' },
    closedToday: { zh: '一天内的案件，已结', en: 'case of this day is closed' },
  },
  others: {
    alone: { zh: '案内仅比对一件诉求', en: 'one report of the case was compared' },
    alike: { zh: '案内另有诉求同样相近', en: 'another report of the case is as near' },
    near: { zh: '案内另有诉求较为相近', en: 'another report of the case is nearly as near' },
    less: { zh: '案内其他诉求相差较多', en: 'other reports of the case are less near' },
    far: { zh: '案内其他诉求相差很多', en: 'other reports of the case are much less near' },
  },
}

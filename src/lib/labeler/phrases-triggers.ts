/**
 * Words that change what a mention says: negation, uncertainty, and phrases that look like them and are not. Data, in the
 * language of `patterns.ts`. Own lists; the kinds (before, after, pseudo) are those of NegEx (Chapman et al. 2001,
 * doi:10.1006/jbin.2001.1029) and ConText (Harkema et al. 2009, doi:10.1016/j.jbi.2009.05.002); what counts as uncertain follows
 * the CheXpert labeler (stanfordmlgroup/chexpert-labeler:patterns, MIT).
 */

/** `doubt` outranks negation: `cannot exclude` holds a `no` that denies nothing. `none` hides the triggers inside it. */
export type TriggerKind = 'negation' | 'uncertainty' | 'doubt' | 'none';
/** Which mentions are changed: those after the trigger, those before it, or both. */
export type TriggerDirection = 'forward' | 'backward' | 'both';

export interface TriggerPhrases {
  readonly kind: TriggerKind;
  readonly direction: TriggerDirection;
  /** Reach `near`: an adjective, which ends at a comma, a conjunction or a preposition. Otherwise the clause. */
  readonly reach: 'clause' | 'near';
  readonly patterns: readonly string[];
}

const SEEN =
  'seen|identified|visualized|visualised|demonstrated|present|evident|noted|detected|appreciated|observed|found|apparent|visible|shown|suggested|definite|recognized|indicated';
const BE = 'is|are|was|were|be|been';
const DEGREE =
  'significant|definite|substantial|appreciable|gross|obvious|relevant|major|large|great|apparent|visible|acute';
const CHANGE =
  'change|changes|increase|decrease|improvement|progression|worsening|enlargement|growth|difference|resolution|clearing';

export const TRIGGER_PHRASES: readonly TriggerPhrases[] = [
  {
    kind: 'negation',
    direction: 'forward',
    reach: 'clause',
    patterns: [
      'no|non',
      'not',
      "don't|doesn't|isn't|aren't|wasn't|weren't|didn't",
      'without',
      'w o',
      'no longer',
      'neither|nor',
      'negative for',
      'free of|from',
      'clear of',
      'cleared of',
      'absence|lack of',
      'absent|lacks|denies|deny|denied',
      'clearing|clearance|resolution|disappearance|removal|drainage of',
      'removed',
      'rather than',
      'instead of',
      'rules|ruled|ruling out',
      'excludes|excluded',
      'never',
      'nothing to suggest|indicate',
      'fails|failed|failure to reveal|show|demonstrate',
      'none of',
    ],
  },
  {
    kind: 'negation',
    direction: 'forward',
    reach: 'near',
    patterns: ['normal|unremarkable|resolved|cleared|removed', 'history of', 'h o', 's p removal of'],
  },
  {
    kind: 'negation',
    direction: 'backward',
    reach: 'clause',
    patterns: [
      `not ..2 ${SEEN}`,
      `no longer ..2 ${SEEN}`,
      'no longer',
      `isn't|aren't|wasn't|weren't ..1 ${SEEN}`,
      'not there|enlarged|increased|prominent',
      'absent|absence',
      'none',
      'negative',
      'nil',
      'resolved|cleared|disappeared|gone',
      'has|have resolved|cleared|disappeared',
      `${BE} ..1 removed|withdrawn|drained|discontinued`,
      'removed',
      `${BE} excluded`,
      'ruled out',
      'is|are|was|were|appear|appears|remain|remains ..2 normal|unremarkable',
      'within normal',
      'limits of normal',
      'interval|complete resolution|removal|clearing',
    ],
  },
  {
    kind: 'doubt',
    direction: 'forward',
    reach: 'clause',
    patterns: [
      "cannot|can't|couldn't|not ..4 exclude|excluded|excluding",
      'can|could not ..3 exclude|excluded',
      "cannot|can't|not ..3 rule|ruled out",
      'can|could not ..2 rule|ruled out',
      'not|without|no ..3 exclude|excluding|excludes',
      'no evidence to rule out',
      'difficult|impossible|unable to ..1 exclude|rule',
      'no new',
      'no new [or] enlarging|worsening|increasing|progressive',
      'to exclude|rule|assess|evaluate ..1 out|for',
      'to exclude',
      'to rule out',
      'r o',
      'rule out',
      'evaluate|evaluation|assess|assessment|correlate|correlation for',
      'correlat* ..3 for',
      'correlat* ..7 symptoms|signs|evidence of',
      'symptoms|signs of',
      'evaluation|evaluate of',
    ],
  },
  {
    kind: 'doubt',
    direction: 'backward',
    reach: 'clause',
    patterns: [
      "cannot|can't|couldn't ..2 be ..3 excluded|eliminated",
      'can|could not be ..3 excluded|eliminated',
      'cannot|not be ..2 ruled out',
      'can|could not be ..2 ruled out',
      'not ..3 excluded',
      'not ..2 ruled out',
      'not entirely|completely|definitively excluded',
      `not well|clearly|definitely|fully|optimally|adequately|completely ${SEEN}|evaluated|assessed|delineated|defined`,
      'not ..2 evaluated|assessed|imaged|included',
      'poorly|incompletely|suboptimally|difficult|limited [to] evaluated|visualized|seen|assessed|evaluate|assess|evaluation',
      `may|might|could not ..2 ${SEEN}`,
      'difficult|impossible|hard to ..2 exclude',
      'less likely',
      'unlikely|doubtful|doubted',
    ],
  },
  {
    kind: 'uncertainty',
    direction: 'forward',
    reach: 'clause',
    patterns: [
      'may|might|could|would ..3 represent|reflect|indicate|suggest|be|include|have|relate',
      'may|might|could|would|can ..3 related|due|secondary|relate|consistent|compatible to|with',
      'can ..1 represent|reflect|indicate|suggest|be',
      'may|might|could|maybe|perhaps|possibly|presumably',
      'possibility|possibilities|likelihood of',
      'suspicion|suspicious|worrisome|concern|concerning|concerned for|of|about',
      'question|questions|questioned',
      'question|suggestion of',
      'suspect|suspects|suspected|suspecting',
      'favor|favors|favored|favoring|favour*',
      'consider|considered|considering|consideration|considerations',
      'differential',
      'includes|include|including possibilit*',
      'versus|vs',
      'cannot|not distinguish|differentiate|distinguished|differentiated ..2 from',
      'less likely',
      'versus less likely',
      'unlikely to represent|be',
      'equivocal for',
      'if there is',
    ],
  },
  {
    kind: 'uncertainty',
    direction: 'forward',
    reach: 'near',
    patterns: [
      'possible|probable|questionable|presumed|presumptive|suspected|suspicious|equivocal|borderline|potential',
      '?',
    ],
  },
  {
    kind: 'uncertainty',
    direction: 'backward',
    reach: 'clause',
    patterns: [
      `${BE} ..2 possible|suspected|questioned|considered|favored|questionable|probable|equivocal|possibility|consideration`,
      'suspected|questioned|possible',
      'may|might|could|can ..1 be ..1 present|considered|there|seen',
      'may|might|could ..2 have this appearance',
      'remain|remains possible|questionable|suspected|consideration',
      '?',
      'a|in ..1 differential',
      'less likely',
    ],
  },
  {
    kind: 'uncertainty',
    direction: 'backward',
    reach: 'near',
    patterns: ['versus|vs'],
  },
  {
    kind: 'none',
    direction: 'both',
    reach: 'near',
    patterns: [
      `no|without|not [a] [${DEGREE}] [interval|new] ${CHANGE} in|of|to|from|since`,
      `no|without [${DEGREE}] [interval|new] change|changes`,
      'not ..2 changed|increased|decreased|improved|worsened|progressed',
      'no resolution',
      'not ..2 resolved|cleared|removed',
      'incompletely|partially|nearly|almost|not resolved|cleared',
      'not only|necessarily',
      'no less',
      'no doubt|question',
      'not ..1 cause|due|related',
      'no comparison|prior|previous|priors',
      'no prior|previous|old ..3 available|comparison',
      'normal variant|saline',
      'otherwise normal|unremarkable|negative',
      'not limited to',
    ],
  },
];

/** What anatomy is said to be. `stable` alone says nothing of size: uncertain, as in the CheXpert labeler. */
export type Quality = 'abnormal' | 'borderline' | 'normal' | 'stable' | 'obscured';

const LARGE =
  'enlarged|enlargement|large|larger|enlarging|increased|increase|big|dilated|dilatation|dilation|widened|widening|wide|prominent|prominence|generous|globular|bulky|engorged|fullness';

export const QUALITY_PHRASES: Readonly<Record<Quality, readonly string[]>> = {
  abnormal: [LARGE, 'increase|enlargement|prominence|widening|dilatation in|of'],
  borderline: [
    'borderline',
    'borderline ..3 enlarged|large|prominent|enlargement|normal|cardiomegaly',
    'borderline in|for size',
    'upper normal to|or ..2 enlarged|large|prominent',
    'upper limit|limits [of] normal to|or ..2 enlarged|large|prominent',
    'normal to ..3 enlarged|large|prominent|enlargement',
    'borderline to|or ..3 enlarged',
  ],
  normal: [
    'normal|unremarkable|nonenlarged|wnl|midline',
    'within normal',
    'within ..3 normal limits',
    'limits of normal',
    'upper|high limit|limits [of] normal',
    'top normal',
    'upper normal',
    'not|non ..2 enlarged|large|increased|dilated|widened|prominent|abnormal',
    'within limits',
    'no|without ..3 enlargement|widening|abnormality|abnormalities',
    'no longer enlarged|prominent',
    'not appear ..3 enlarged|widened|prominent',
    'grossly normal|unremarkable',
    'small|smaller',
  ],
  stable: [
    'stable|unchanged|similar|constant',
    'no ..3 change',
    'no|without ..2 increase|decrease|enlargement in|of',
    'not ..2 changed',
    'not significantly changed',
  ],
  obscured: [
    'obscured|obscures|obscuring|obscuration|silhouetted',
    'not well|clearly|adequately|optimally seen|evaluated|visualized|defined|assessed',
    'difficult to ..2 evaluate|assess',
    'limited evaluation|assessment',
    'poorly|suboptimally|incompletely evaluated|seen|visualized|assessed|defined',
    'exaggerated|magnified|accentuated|accentuates|exaggerates|magnification',
  ],
};

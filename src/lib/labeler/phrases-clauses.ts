/** Words that begin, join and end clauses: data for `clauses.ts`. Own lists. */

/** Finite verbs: a clause has one at most, but for the participles that follow it. */
export const VERBS: ReadonlySet<string> = words(
  'is are was were has have had remain remains remained appear appears appeared show shows showed demonstrate demonstrates',
  "reveal reveals isn't aren't measures measure overlies overlie project projects terminates extends obscures obscure there's",
);

/** They make a verb of what follows. */
export const MODALS: ReadonlySet<string> = words('may might could would representing reflecting suggesting');

/** What may stand between two clauses of one sentence. */
export const JOINTS: ReadonlySet<string> = words('and , & or as');

/** After these, what was said before holds no more. */
export const BREAKS: ReadonlySet<string> = words(
  'but however although though whereas while except exception yet nevertheless nonetheless besides aside apart despite because',
  '; : ( ) which therefore thus who',
);

/** After a comma or `and`, these begin a new statement. */
export const SUBJECTS: ReadonlySet<string> = words('there the this these those it its no without status patient');

/** So do these, where the clause has said something already. */
export const ANATOMY: ReadonlySet<string> = words(
  'heart cardiac cardiomediastinal mediastinum mediastinal lungs lung pulmonary bones bony osseous visualized trachea aorta spine',
);

export const DENIALS: ReadonlySet<string> = words('no without negative neither');

/** After a comma or `and`, these begin a new positive statement, unless the list goes on to an `or`. */
export const OPENERS: ReadonlySet<string> = words(
  'mild mildly minimal small stable unchanged moderate persistent possible probable likely redemonstrated redemonstration again',
  'patchy streaky worsening worsened increasing increased improving improved tiny trace severe degenerative chronic a an',
  'bibasilar elevated calcified multiple probably old healed left right bilateral low slightly slight mildly marked prominent',
  'tortuous new scattered some subtle hazy lower continued interval residual decreased suspected questionable enlarged',
);

/** A list of denied things ends with these. */
export const CLOSERS: ReadonlySet<string> = words('or nor');

/** Ends the reach of an adjective such as `possible`. */
export const NEAR_ENDS: ReadonlySet<string> = words('and , with in at of without which for on over within as to &');

/** Ends the reach of a negation or an uncertainty that stands before: `no edema with small effusion`. */
export const COMPANIONS: ReadonlySet<string> = words('with');

/** Before `with`, these keep the reach: `no opacity consistent with pneumonia`. */
export const LINKS: ReadonlySet<string> = words('consistent compatible associated correlates correlate');

/** Words that `and` may join inside one noun phrase: `possible third and fourth rib fractures`. */
export const PLACES: ReadonlySet<string> = words(
  'left right upper lower middle mid lateral medial anterior posterior first second third fourth fifth sixth seventh eighth ninth',
  'tenth eleventh twelfth 1st 2nd 3rd 4th 5th 6th 7th 8th 9th 10th 11th 12th small moderate mild',
);

/** After `with`, these keep the reach: `not associated with evidence of edema`. */
export const EVIDENCE: ReadonlySet<string> = words('evidence findings features signs');

function words(...lines: readonly string[]): ReadonlySet<string> {
  return new Set(lines.join(' ').split(' '));
}

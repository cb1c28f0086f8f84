/** How disease comes, goes together and stays: the condition of a patient's chest at each study. */
import { type Rng, rng } from '../../core/rng.ts';
import type { Condition, Device, Lesion, RibFracture, Sided } from './condition.ts';
import { type PhantomPatient, pick, SIDES, ZONES } from './population.ts';

/** Conditions of all studies of a patient, in order of time. */
export function courseOf(patient: PhantomPatient): readonly Condition[] {
  const lasting = lastingOf(patient);
  const conditions: Condition[] = [];
  for (let visit = 0; visit < patient.visits.length; visit++) {
    const random = rng(patient.seed, 'phantom course', `${patient.index}/${visit}`);
    conditions.push(conditionAt(patient, { lasting, earlier: conditions[visit - 1], random, visit }));
  }
  return conditions;
}

/** What a patient has at every study. */
interface Lasting {
  readonly heart: number | undefined;
  readonly wideMediastinum: number | undefined;
  readonly pleuralThickening: Sided | undefined;
  readonly lesions: readonly Lesion[];
  readonly fractures: readonly RibFracture[];
  readonly pneumothorax: Sided | undefined;
  readonly devices: readonly Device[];
}

function lastingOf(patient: PhantomPatient): Lasting {
  const random = rng(patient.seed, 'phantom lasting', String(patient.index));
  const { heartDisease, ageYears, sex } = patient;
  const sided = (low: number, high: number): Sided => ({
    side: pick(random, SIDES),
    severity: low + (high - low) * random.next(),
  });
  const enlarged = heartDisease ? random.next() < 0.72 : random.next() < 0.04;
  const pacemaker = random.next() < (heartDisease ? 0.17 : 0.012) && ageYears > 45;
  const wires = random.next() < (heartDisease ? 0.22 : 0.012) * (sex === 'male' ? 1.2 : 0.8) && ageYears > 40;
  return {
    heart: enlarged ? random.next() ** 1.2 : undefined,
    wideMediastinum: patient.even('wideMediastinum') < 0.018 ? 0.2 + 0.8 * random.next() : undefined,
    pleuralThickening: patient.even('pleuralThickening') < 0.015 ? sided(0.25, 1) : undefined,
    lesions: patient.even('lesion') < 0.04 ? lesionsOf(random, ageYears) : [],
    fractures: patient.even('fracture') < 0.022 ? fracturesOf(random) : [],
    pneumothorax: patient.even('pneumothorax') < 0.03 ? sided(0.2, 0.95) : undefined,
    devices: [...(pacemaker ? (['pacemaker'] as const) : []), ...(wires ? (['sternotomy wires'] as const) : [])],
  };
}

function lesionsOf(random: Rng, ageYears: number): Lesion[] {
  const count = random.next() < 0.72 ? 1 : 2 + random.integer(4);
  const mass = count === 1 && random.next() < 0.25 + 0.004 * (ageYears - 30);
  const place = () => 2 * random.next() - 1;
  return Array.from({ length: count }, () => ({
    side: pick(random, SIDES),
    zone: pick(random, ZONES),
    radius: mass ? 1.7 + 1.5 * random.next() : 0.65 + 0.7 * random.next(),
    place: [place(), place(), place()] as const,
  }));
}

function fracturesOf(random: Rng): RibFracture[] {
  const side = pick(random, SIDES);
  if (random.next() < 0.3) return [{ side, bone: 'clavicle', position: 0.5, step: 0.8 + 0.7 * random.next() }];
  const first = 4 + random.integer(3);
  const position = 0.3 + 0.16 * random.next();
  return Array.from({ length: 2 + random.integer(2) }, (_, i) => ({
    side,
    bone: first + i,
    position: position + 0.015 * random.normal(),
    step: 0.7 + 0.5 * random.next(),
  }));
}

interface Moment {
  readonly lasting: Lasting;
  readonly earlier: Condition | undefined;
  readonly random: Rng;
  readonly visit: number;
}

function conditionAt(patient: PhantomPatient, moment: Moment): Condition {
  const { lasting, random, earlier, visit } = moment;
  const consolidations = consolidationsAt(patient, moment);
  const edema = edemaAt(patient, moment);
  const effusions = effusionsAt(moment, { edema, consolidations });
  const atelectases = atelectasesAt(patient, moment, effusions);
  const collapsed = lasting.pneumothorax !== undefined && (visit === 0 || random.next() < 0.35);
  const pneumothorax = collapsed
    ? { ...lasting.pneumothorax!, severity: lasting.pneumothorax!.severity * (visit === 0 ? 1 : 0.6) }
    : undefined;
  return {
    ...optional('cardiomegaly', lasting.heart),
    ...optional('wideMediastinum', lasting.wideMediastinum),
    ...optional('edema', edema),
    ...optional('pneumothorax', pneumothorax),
    ...optional('pleuralThickening', lasting.pleuralThickening),
    effusions,
    consolidations,
    atelectases,
    lesions: lasting.lesions.map((one) => ({ ...one, radius: one.radius * (1 + 0.06 * visit) })),
    fractures: lasting.fractures,
    devices: devicesAt(patient, moment, { ill: edema !== undefined || effusions.length > 0, pneumothorax, earlier }),
  };
}

function optional<Key extends string, Value>(key: Key, value: Value | undefined): { [K in Key]?: Value } {
  return value === undefined ? {} : ({ [key]: value } as { [K in Key]?: Value });
}

/** Tends to clear from one study to the next. */
function consolidationsAt(patient: PhantomPatient, { earlier, random, visit }: Moment): Condition['consolidations'] {
  const lingering = (earlier?.consolidations ?? []).filter(() => random.next() < 0.4);
  if (lingering.length > 0) return lingering.map((one) => ({ ...one, severity: one.severity * 0.7 }));
  const chance = visit === 0 && patient.even('pneumonia') < 0.085 + (patient.inpatient ? 0.05 : 0);
  if (!chance && random.next() > 0.015) return [];
  const zone = pick(random, ['upper', 'middle', 'lower', 'lower'] as const);
  const one = { side: pick(random, SIDES), zone, severity: 0.15 + 0.85 * random.next() };
  if (random.next() > 0.2) return [one];
  return [one, { side: one.side === 'left' ? 'right' : 'left', zone: 'lower', severity: one.severity * 0.8 }];
}

function edemaAt(
  { heartDisease, inpatient }: PhantomPatient,
  { lasting, earlier, random }: Moment,
): number | undefined {
  const base = heartDisease ? (lasting.heart === undefined ? 0.12 : 0.34) : 0.015;
  const chance = base + (inpatient ? 0.06 : 0) + (earlier?.edema === undefined ? 0 : 0.25);
  return random.next() < chance ? random.next() : undefined;
}

function effusionsAt(
  { lasting, earlier, random }: Moment,
  ill: { edema: number | undefined; consolidations: Condition['consolidations'] },
): readonly Sided[] {
  const lingering = (earlier?.effusions ?? []).filter(() => random.next() < 0.5);
  if (lingering.length > 0) return lingering.map((one) => ({ ...one, severity: one.severity * 0.85 }));
  const chance = 0.055 + (ill.edema === undefined ? 0 : 0.45) + (ill.consolidations.length > 0 ? 0.25 : 0);
  if (random.next() > chance + (lasting.lesions.length > 1 ? 0.3 : 0)) return [];
  const severity = random.next() ** 1.6;
  const side = ill.consolidations[0]?.side ?? pick(random, SIDES);
  if (random.next() > (ill.edema === undefined ? 0.25 : 0.6)) return [{ side, severity }];
  return [
    { side, severity },
    { side: side === 'left' ? 'right' : 'left', severity: severity * (0.35 + 0.5 * random.next()) },
  ];
}

/** Lung beneath an effusion collapses; after surgery and in bed it does so without one. */
function atelectasesAt({ inpatient }: PhantomPatient, { random }: Moment, effusions: readonly Sided[]): Sided[] {
  const found: Sided[] = [];
  for (const side of SIDES) {
    const wet = effusions.find((one) => one.side === side);
    const chance = 0.03 + (inpatient ? 0.09 : 0) + (wet === undefined ? 0 : 0.38);
    if (random.next() < chance) found.push({ side, severity: Math.min(1, 0.15 + 0.85 * random.next()) });
  }
  return found;
}

function devicesAt(
  { inpatient }: PhantomPatient,
  { lasting, random }: Moment,
  state: { ill: boolean; pneumothorax: Sided | undefined; earlier: Condition | undefined },
): readonly Device[] {
  const devices: Device[] = [...lasting.devices];
  const add = (device: Device, chance: number) => {
    const before = state.earlier?.devices.includes(device) ? 0.3 : 0;
    if (random.next() < chance + before) devices.push(device);
  };
  const tubes = inpatient ? (state.ill ? 0.5 : 0.2) : 0;
  add('endotracheal tube', tubes);
  add('enteric tube', devices.includes('endotracheal tube') ? 0.75 : tubes * 0.3);
  add('central venous line', inpatient ? 0.5 : 0.02);
  add('chest tube', state.pneumothorax === undefined ? 0 : 0.5);
  return devices;
}

/** What is drawn into one study: the state of a phantom's chest. Severities run from 0 (barely there) to 1 (gross). */
import type { Sex } from '../../core/study.ts';

export type Side = 'left' | 'right';
export type Zone = 'upper' | 'middle' | 'lower';
export type Device =
  | 'endotracheal tube'
  | 'central venous line'
  | 'pacemaker'
  | 'sternotomy wires'
  | 'enteric tube'
  | 'chest tube';

export interface Sided {
  readonly side: Side;
  readonly severity: number;
}

export interface Lesion {
  readonly side: Side;
  readonly zone: Zone;
  /** cm */
  readonly radius: number;
  /** Place within the zone, each -1 to 1: lateral, down, forward. */
  readonly place: readonly [number, number, number];
}

export interface RibFracture {
  readonly side: Side;
  /** Rib number, 3 to 9; or the clavicle. */
  readonly bone: number | 'clavicle';
  /** Position along the bone: 0 at the spine (or sternum), 1 in front (or at the shoulder). */
  readonly position: number;
  /** Step between the fragments, cm. */
  readonly step: number;
}

/** Absent members are absent findings. */
export interface Condition {
  readonly cardiomegaly?: number;
  readonly wideMediastinum?: number;
  readonly edema?: number;
  readonly effusions: readonly Sided[];
  readonly consolidations: readonly (Sided & { readonly zone: Zone })[];
  readonly atelectases: readonly Sided[];
  readonly lesions: readonly Lesion[];
  readonly pneumothorax?: Sided;
  readonly pleuralThickening?: Sided;
  readonly fractures: readonly RibFracture[];
  readonly devices: readonly Device[];
}

export const HEALTHY: Condition = {
  effusions: [],
  consolidations: [],
  atelectases: [],
  lesions: [],
  fractures: [],
  devices: [],
};

/** What stays the same through all studies of a patient. */
export interface Body {
  readonly sex: Sex;
  readonly ageYears: number;
  /** Size of the skeleton relative to the average adult, about 0.88 to 1.1. */
  readonly stature: number;
  /** Width of the rib cage relative to its height, about 0.9 to 1.1. */
  readonly breadth: number;
  /** Fat and muscle, -1 (thin) to 2 (obese). */
  readonly habitus: number;
  /** Cardiothoracic ratio when healthy, about 0.41 to 0.49. */
  readonly heartRatio: number;
  /** Unfolding of the aorta with age, 0 to 1. */
  readonly aortaUnfolding: number;
  /** Hyperinflation, 0 to 1. */
  readonly hyperinflation: number;
  /** Lateral curve of the spine, cm. */
  readonly scoliosis: number;
  /** A calcified granuloma, where the patient has one. */
  readonly granuloma?: { readonly side: Side; readonly zone: Zone };
  /** Names the patient's own streams of randomness. */
  readonly key: string;
}

/** +1 for the patient's left, which lies on the right of a frontal film. */
export const signOf = (side: Side): 1 | -1 => (side === 'left' ? 1 : -1);

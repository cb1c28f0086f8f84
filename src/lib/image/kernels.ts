/** Reconstruction kernels of image resampling, as real functions of the distance in pixels. */

export interface Kernel {
  /** Half width: the function is zero at and beyond this distance. */
  readonly support: number;
  weight(distance: number): number;
}

/** Triangle. */
export const triangle: Kernel = {
  support: 1,
  weight: (distance) => Math.max(0, 1 - Math.abs(distance)),
};

/** Keys' cubic convolution with free parameter `a`. Source: Keys 1981, doi:10.1109/TASSP.1981.1163711. */
export function keysCubic(a: number): Kernel {
  return {
    support: 2,
    weight: (distance) => {
      const x = Math.abs(distance);
      if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
    },
  };
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI);
}

/** Sinc windowed by its own central lobe of three. Source: Duchon 1979, doi:10.1175/1520-0450(1979)018<1016:LFIOAT>2.0.CO;2. */
export const lanczos3: Kernel = {
  support: 3,
  weight: (distance) => (distance >= -3 && distance < 3 ? sinc(distance) * sinc(distance / 3) : 0),
};

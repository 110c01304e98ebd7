/* qr.ts - QR codes (ISO/IEC 18004) of short texts: bytes, level M, versions 1 to 10, which hold up to
 * 213 bytes. Enough for a link; nothing else is made of it. Pure; qr-code.tsx draws it. */

const ECC_PER_BLOCK = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26];
const BLOCKS = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5];
const LEVEL_M = 0;
const WORST = Number.MAX_SAFE_INTEGER;

/** Rows of dark (true) and light modules, without the light border; nothing when it is too long. */
export function qrCode(text: string): readonly (readonly boolean[])[] | undefined {
  const bytes = new TextEncoder().encode(text);
  for (let version = 1; version <= BLOCKS.length; version++)
    if (bytes.length <= capacity(version)) return best(version, withChecks(dataCodewords(bytes, version), version));
  return undefined;
}

function rawModules(version: number): number {
  const aligned = Math.floor(version / 7) + 2;
  const all = (16 * version + 128) * version + 64;
  return all - (version >= 2 ? (25 * aligned - 10) * aligned - 55 : 0) - (version >= 7 ? 36 : 0);
}

function dataLength(version: number): number {
  return Math.floor(rawModules(version) / 8) - (ECC_PER_BLOCK[version - 1] ?? 0) * (BLOCKS[version - 1] ?? 0);
}

function lengthBits(version: number): number {
  return version < 10 ? 8 : 16;
}

function capacity(version: number): number {
  return Math.floor((dataLength(version) * 8 - 4 - lengthBits(version)) / 8);
}

function dataCodewords(bytes: Uint8Array, version: number): number[] {
  const bits: number[] = [];
  const push = (value: number, count: number): void => { for (let i = count - 1; i >= 0; i--) bits.push((value >>> i) & 1); };
  push(4, 4); /* the mode of bytes */
  push(bytes.length, lengthBits(version));
  for (const byte of bytes) push(byte, 8);
  const room = dataLength(version) * 8;
  push(0, Math.min(4, room - bits.length));
  push(0, (8 - (bits.length % 8)) % 8);
  for (let pad = 0xec; bits.length < room; pad ^= 0xec ^ 0x11) push(pad, 8);
  const words: number[] = [];
  for (let i = 0; i < bits.length; i += 8) words.push(bits.slice(i, i + 8).reduce((word, bit) => (word << 1) | bit, 0));
  return words;
}

/* --- Reed-Solomon codes over GF(2^8) ------------------------------------------------------------ */

function multiply(a: number, b: number): number {
  let product = 0;
  for (let i = 7; i >= 0; i--) {
    product = (product << 1) ^ ((product >>> 7) * 0x11d);
    product ^= ((b >>> i) & 1) * a;
  }
  return product;
}

function divisor(degree: number): number[] {
  const result: number[] = new Array<number>(degree).fill(0);
  result[degree - 1] = 1;
  let root = 1;
  for (let i = 0; i < degree; i++) {
    for (let j = 0; j < degree; j++) result[j] = multiply(result[j] ?? 0, root) ^ (result[j + 1] ?? 0);
    root = multiply(root, 2);
  }
  return result;
}

function remainder(data: readonly number[], by: readonly number[]): number[] {
  const result: number[] = by.map(() => 0);
  for (const word of data) {
    const factor = word ^ (result.shift() ?? 0);
    result.push(0);
    by.forEach((coefficient, i) => { result[i] = (result[i] ?? 0) ^ multiply(coefficient, factor); });
  }
  return result;
}

/** The data in blocks, each with its check words, interleaved. */
function withChecks(data: readonly number[], version: number): number[] {
  const count = BLOCKS[version - 1] ?? 1;
  const checks = ECC_PER_BLOCK[version - 1] ?? 0;
  const raw = Math.floor(rawModules(version) / 8);
  const short = count - (raw % count);
  const shortData = Math.floor(raw / count) - checks;
  const by = divisor(checks);
  const blocks: number[][] = [];
  for (let i = 0, from = 0; i < count; i++) {
    const length = shortData + (i < short ? 0 : 1);
    blocks.push(data.slice(from, from + length));
    from += length;
  }
  const result: number[] = [];
  for (let i = 0; i <= shortData; i++)
    for (const block of blocks) if (i < block.length) result.push(block[i] ?? 0);
  const ends = blocks.map((block) => remainder(block, by));
  for (let i = 0; i < checks; i++) for (const end of ends) result.push(end[i] ?? 0);
  return result;
}

/* --- the square --------------------------------------------------------------------------------- */

class Square {
  readonly size: number;
  readonly dark: boolean[][];
  readonly fixed: boolean[][];

  constructor(readonly version: number) {
    this.size = version * 4 + 17;
    const empty = (): boolean[][] => Array.from({ length: this.size }, () => new Array<boolean>(this.size).fill(false));
    this.dark = empty();
    this.fixed = empty();
  }

  at(x: number, y: number): boolean {
    return this.dark[y]?.[x] ?? false;
  }

  #fix(x: number, y: number, dark: boolean): void {
    const row = this.dark[y];
    const fixed = this.fixed[y];
    if (!row || !fixed || x < 0 || x >= this.size) return;
    row[x] = dark;
    fixed[x] = true;
  }

  #ring(x: number, y: number, reach: number, light: readonly number[]): void {
    for (let dy = -reach; dy <= reach; dy++)
      for (let dx = -reach; dx <= reach; dx++) this.#fix(x + dx, y + dy, !light.includes(Math.max(Math.abs(dx), Math.abs(dy))));
  }

  patterns(): void {
    for (let i = 0; i < this.size; i++) {
      this.#fix(6, i, i % 2 === 0);
      this.#fix(i, 6, i % 2 === 0);
    }
    for (const [x, y] of [[3, 3], [this.size - 4, 3], [3, this.size - 4]] as const) this.#ring(x, y, 4, [2, 4]);
    const places = this.#alignment();
    const last = places.length - 1;
    places.forEach((y, i) => places.forEach((x, j) => {
      const corner = (i === 0 && j === 0) || (i === 0 && j === last) || (i === last && j === 0);
      if (!corner) this.#ring(x, y, 2, [1]);
    }));
    this.format(0);
    this.#versionBits();
  }

  #alignment(): number[] {
    if (this.version === 1) return [];
    const count = Math.floor(this.version / 7) + 2;
    const step = Math.ceil((this.version * 4 + 4) / (count * 2 - 2)) * 2;
    const places = [6];
    for (let i = count - 2; i >= 0; i--) places.push(this.size - 7 - i * step);
    return places;
  }

  format(mask: number): void {
    const data = (LEVEL_M << 3) | mask;
    let rest = data;
    for (let i = 0; i < 10; i++) rest = (rest << 1) ^ ((rest >>> 9) * 0x537);
    const bits = ((data << 10) | rest) ^ 0x5412;
    const bit = (i: number): boolean => ((bits >>> i) & 1) === 1;
    for (let i = 0; i <= 5; i++) this.#fix(8, i, bit(i));
    this.#fix(8, 7, bit(6));
    this.#fix(8, 8, bit(7));
    this.#fix(7, 8, bit(8));
    for (let i = 9; i < 15; i++) this.#fix(14 - i, 8, bit(i));
    for (let i = 0; i < 8; i++) this.#fix(this.size - 1 - i, 8, bit(i));
    for (let i = 8; i < 15; i++) this.#fix(8, this.size - 15 + i, bit(i));
    this.#fix(8, this.size - 8, true);
  }

  #versionBits(): void {
    if (this.version < 7) return;
    let rest = this.version;
    for (let i = 0; i < 12; i++) rest = (rest << 1) ^ ((rest >>> 11) * 0x1f25);
    const bits = (this.version << 12) | rest;
    for (let i = 0; i < 18; i++) {
      const dark = ((bits >>> i) & 1) === 1;
      const far = this.size - 11 + (i % 3);
      const near = Math.floor(i / 3);
      this.#fix(far, near, dark);
      this.#fix(near, far, dark);
    }
  }

  /** In columns of two from the right, up and down in turns, around the patterns. */
  fill(words: readonly number[], mask: number): void {
    let i = 0;
    for (let right = this.size - 1; right >= 1; right -= right === 8 ? 3 : 2) {
      const upward = ((right + 1) & 2) === 0;
      for (let step = 0; step < this.size; step++)
        for (const x of [right, right - 1]) {
          const y = upward ? this.size - 1 - step : step;
          const row = this.dark[y];
          if (!row || this.fixed[y]?.[x]) continue;
          const word = words[i >>> 3] ?? 0;
          row[x] = (((word >>> (7 - (i & 7))) & 1) === 1) !== masked(mask, x, y);
          i++;
        }
    }
  }

  /** Long runs, squares and an uneven share of dark are harder to read. */
  penalty(): number {
    let sum = 0;
    let dark = 0;
    for (let y = 0; y < this.size; y++)
      for (let x = 0; x < this.size; x++) {
        const here = this.at(x, y);
        if (here) dark++;
        if (x + 1 < this.size && y + 1 < this.size && [this.at(x + 1, y), this.at(x, y + 1), this.at(x + 1, y + 1)].every((other) => other === here)) sum += 3;
      }
    sum += Math.floor(Math.abs(dark * 20 - this.size ** 2 * 10) / this.size ** 2) * 10;
    return sum + this.#runs((a, b) => this.at(a, b)) + this.#runs((a, b) => this.at(b, a));
  }

  #runs(at: (a: number, b: number) => boolean): number {
    let sum = 0;
    for (let b = 0; b < this.size; b++)
      for (let a = 1, run = 1; a < this.size; a++) {
        run = at(a, b) === at(a - 1, b) ? run + 1 : 1;
        if (run === 5) sum += 3;
        else if (run > 5) sum++;
      }
    return sum;
  }
}

function masked(mask: number, x: number, y: number): boolean {
  switch (mask) {
    case 0: return (x + y) % 2 === 0;
    case 1: return y % 2 === 0;
    case 2: return x % 3 === 0;
    case 3: return (x + y) % 3 === 0;
    case 4: return (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0;
    case 5: return ((x * y) % 2) + ((x * y) % 3) === 0;
    case 6: return (((x * y) % 2) + ((x * y) % 3)) % 2 === 0;
    default: return (((x + y) % 2) + ((x * y) % 3)) % 2 === 0;
  }
}

function best(version: number, words: readonly number[]): readonly (readonly boolean[])[] {
  let least = WORST;
  let chosen: Square | undefined;
  for (let mask = 0; mask < 8; mask++) {
    const square = new Square(version);
    square.patterns();
    square.format(mask);
    square.fill(words, mask);
    const penalty = square.penalty();
    if (penalty < least) [least, chosen] = [penalty, square];
  }
  return chosen?.dark ?? [];
}

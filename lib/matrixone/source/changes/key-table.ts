/** Bytes of an MD5 digest. */
export const DIGEST_BYTES = 16;

const WORDS = DIGEST_BYTES / 4;
const FIRST_ENTRIES = 1 << 14;
/** Slots per entry: at least half of the slots are free. */
const SLOTS = 2;
const KEY_BYTES = 8;

/** Positions of a digest and a key in the bytes of a row. */
export interface KeyedDigest {
  readonly bytes: Buffer;
  readonly digestStart: number;
  readonly keyStart: number;
  readonly keyEnd: number;
}

/**
 * A hash table of keys with a digest each: some 40 MB for a million keys. An object or a string per key would take
 * several times the memory and the time. Short byte ranges are copied and compared in loops, because calls of Buffer
 * take longer.
 */
export class KeyTable {
  #room = FIRST_ENTRIES;
  #count = 0;
  /**
   * The entry after the one taken last. Both states of a table are read in much the same order, so it is tried first.
   */
  #next = 0;
  #hashes = new Uint32Array(this.#room);
  #digests = new Uint32Array(this.#room * WORDS);
  #taken = new Uint8Array(this.#room);
  /** Ends of the entries' keys in `#keys`. */
  #ends = new Uint32Array(this.#room);
  #keys = Buffer.allocUnsafeSlow(this.#room * KEY_BYTES);
  /** Numbers of entries, from 1; 0 in a free slot. */
  #slots = new Uint32Array(this.#room * SLOTS);

  get count(): number {
    return this.#count;
  }

  /** Adds a key. If the key is there already, replaces its digest. */
  set(entry: KeyedDigest): void {
    if (this.#count === this.#room) this.#widen();
    const hash = hashOf(entry);
    const slot = this.#find(entry, hash);
    const found = this.#slots[slot] ?? 0;
    const number = found === 0 ? this.#append(entry, hash) : found - 1;
    this.#slots[slot] = number + 1;
    for (let word = 0; word < WORDS; word++) this.#digests[number * WORDS + word] = wordOf(entry, word);
  }

  /** Takes the key out. Returns whether its digest is the same; undefined if the key is not there. */
  take(entry: KeyedDigest): boolean | undefined {
    const isNext = this.#next < this.#count && this.#hasKey(this.#next, entry);
    const number = isNext ? this.#next : (this.#slots[this.#find(entry, hashOf(entry))] ?? 0) - 1;
    if (number < 0) return undefined;
    this.#next = number + 1;
    this.#taken[number] = 1;
    for (let word = 0; word < WORDS; word++) {
      if (this.#digests[number * WORDS + word] !== wordOf(entry, word)) return false;
    }
    return true;
  }

  /** The keys that nobody has taken. They share the table's memory. */
  *left(): Generator<Buffer, void, undefined> {
    for (let number = 0; number < this.#count; number++) {
      if (this.#taken[number] === 0) yield this.#keys.subarray(this.#startOf(number), this.#ends[number]);
    }
  }

  /** The slot of the key, or the free slot where it belongs. */
  #find(entry: KeyedDigest, hash: number): number {
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const found = this.#slots[slot] ?? 0;
      if (found === 0) return slot;
      if (this.#hashes[found - 1] === hash && this.#hasKey(found - 1, entry)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #hasKey(number: number, { bytes, keyStart, keyEnd }: KeyedDigest): boolean {
    const keys = this.#keys;
    const start = this.#startOf(number);
    const length = keyEnd - keyStart;
    if ((this.#ends[number] ?? 0) - start !== length) return false;
    for (let i = 0; i < length; i++) if (keys[start + i] !== bytes[keyStart + i]) return false;
    return true;
  }

  #append({ bytes, keyStart, keyEnd }: KeyedDigest, hash: number): number {
    const number = this.#count;
    const start = this.#startOf(number);
    const end = start + keyEnd - keyStart;
    if (end > this.#keys.length) this.#keys = widened(this.#keys, Buffer.allocUnsafeSlow(2 * end));
    const keys = this.#keys;
    for (let i = keyStart; i < keyEnd; i++) keys[start + i - keyStart] = bytes[i] ?? 0;
    this.#ends[number] = end;
    this.#hashes[number] = hash;
    this.#count += 1;
    return number;
  }

  #startOf(number: number): number {
    return number === 0 ? 0 : (this.#ends[number - 1] ?? 0);
  }

  #widen(): void {
    this.#room *= 2;
    this.#hashes = widened(this.#hashes, new Uint32Array(this.#room));
    this.#digests = widened(this.#digests, new Uint32Array(this.#room * WORDS));
    this.#taken = widened(this.#taken, new Uint8Array(this.#room));
    this.#ends = widened(this.#ends, new Uint32Array(this.#room));
    this.#slots = new Uint32Array(this.#room * SLOTS);
    const mask = this.#slots.length - 1;
    for (let number = 0; number < this.#count; number++) {
      let slot = (this.#hashes[number] ?? 0) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = number + 1;
    }
  }
}

function widened<T extends Uint8Array | Uint32Array>(old: T, wider: T): T {
  wider.set(old);
  return wider;
}

function wordOf({ bytes, digestStart }: KeyedDigest, word: number): number {
  const at = digestStart + 4 * word;
  const high = ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16);
  return (high | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0;
}

/** FNV-1a, with its bits mixed once more: the lowest bits differ too little for running numbers, as keys often are. */
function hashOf({ bytes, keyStart, keyEnd }: KeyedDigest): number {
  let hash = 0x811c9dc5;
  for (let i = keyStart; i < keyEnd; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
